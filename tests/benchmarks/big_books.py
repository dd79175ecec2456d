"""Books of any size, made in SQL: what the marts have to bear, not what a company would do."""

from __future__ import annotations

from duckdb import DuckDBPyConnection

from tests.support.books import DELETIONS, RAW

REALM = "1"
FIRST_DAY = "date '2021-11-24'"
DAYS = 1826
STAMP = "timestamptz '2026-11-24 03:00:00+00'"


def make(connection: DuckDBPyConnection, invoices: int) -> None:
    """Raw tables of one company over five years.

    Invoices have four lines and 30 days to pay; nine in ten are paid by a payment of their own, some late, some in
    two parts; one in fifty has a credit memo, one in ten came from an estimate. There are invoices / 20 customers.
    """
    connection.execute("create schema raw")
    connection.execute(f"create table raw.deletions ({DELETIONS})")
    customers = max(1, invoices // 20)
    day = f"({FIRST_DAY} + (hash(i) % {DAYS})::integer)"
    customer = f"(hash(i + 7) % {customers} + 1)::varchar"
    amount = "((hash(i + 3) % 90000 + 10000) * 4 / 100)::decimal(18, 2)"
    line = "((hash(i + 3) % 90000 + 10000) / 100)::decimal(18, 2)"
    everything = f"range(1, {invoices} + 1) numbers(i)"
    _put(connection, "company_info", "{Id: '1', CompanyName: 'Big', Country: 'US'}", "range(1, 2) numbers(i)")
    _put(
        connection,
        "preferences",
        "{Id: '1', CurrencyPrefs: {HomeCurrency: {value: 'USD'}}}",
        "range(1, 2) numbers(i)",
    )
    _put(
        connection,
        "account",
        "{Id: '1', Name: 'Accounts Receivable', AccountType: 'Accounts Receivable', Active: true}",
        "range(1, 2) numbers(i)",
    )
    _put(
        connection,
        "customer",
        """{Id: i::varchar, DisplayName: 'Customer ' || i, Active: true, Balance: 0,
            PrimaryPhone: {FreeFormNumber: '(650) 555-' || lpad((i % 10000)::varchar, 4, '0')},
            PrimaryEmailAddr: {Address: 'customer' || i || '@example.com'},
            ShipAddr: {CountrySubDivisionCode: ['CA', 'NY', 'TX', 'WA'][1 + i % 4],
                PostalCode: (10000 + i % 900)::varchar}}""",
        f"range(1, {customers} + 1) numbers(i)",
    )
    _put(
        connection,
        "item",
        """{Id: i::varchar, Name: 'Item ' || i, Type: 'Service', Active: true, UnitPrice: 100,
            PurchaseCost: 40 + i % 30}""",
        "range(1, 201) numbers(i)",
    )
    _put(
        connection,
        "invoice",
        f"""{{Id: i::varchar, DocNumber: i::varchar, TxnDate: {day}, DueDate: {day} + 30,
            CustomerRef: {{value: {customer}}}, TotalAmt: {amount}, Balance: 0,
            LinkedTxn: if(i % 10 = 0, [{{TxnId: 'E' || i, TxnType: 'Estimate'}}], []),
            Line: list_transform(range(1, 5), lambda n: {{
                Id: n::varchar, LineNum: n, Amount: {line}, DetailType: 'SalesItemLineDetail',
                SalesItemLineDetail: {{ItemRef: {{value: (1 + (hash(i * 4 + n)) % 200)::varchar}}, Qty: 1}}}})}}""",
        everything,
    )
    _put(
        connection,
        "payment",
        f"""{{Id: 'P' || i, TxnDate: {day} + (hash(i + 11) % 75)::integer, CustomerRef: {{value: {customer}}},
            TotalAmt: {amount}, UnappliedAmt: 0,
            Line: [{{Amount: {amount}, LinkedTxn: [{{TxnId: i::varchar, TxnType: 'Invoice'}}]}}]}}""",
        f"{everything} where i % 10 <> 0 and i % 50 <> 1",
    )
    _put(
        connection,
        "credit_memo",
        f"""{{Id: 'C' || i, TxnDate: {day} + 20, CustomerRef: {{value: {customer}}},
            TotalAmt: {line}, RemainingCredit: {line},
            Line: [{{Id: '1', Amount: {line}, DetailType: 'SalesItemLineDetail',
                SalesItemLineDetail: {{ItemRef: {{value: '1'}}, Qty: 1}}}}]}}""",
        f"{everything} where i % 50 = 1",
    )
    _put(
        connection,
        "estimate",
        f"""{{Id: 'E' || i, TxnDate: {day} - 15, CustomerRef: {{value: {customer}}}, TotalAmt: {amount},
            TxnStatus: ['Accepted', 'Pending', 'Rejected'][1 + (i // 10) % 3], AcceptedDate: {day}}}""",
        f"{everything} where i % 10 = 0",
    )


def _put(connection: DuckDBPyConnection, table: str, payload: str, numbers: str) -> None:
    connection.execute(f"create table raw.{table} ({RAW})")
    connection.execute(f"""
        insert into raw.{table}
        select '{REALM}', document->>'$.Id', 0, {STAMP}, {STAMP}, {STAMP}, {STAMP}, document, '1'
        from (select to_json({payload}) as document from {numbers})
    """)
