"""Revenue is what posts to income accounts: each way in which a sales form posts to another."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from shutil import copy

import pytest

from tests.support.books import Books, day
from tests.transforms.test_sales import discount, item, sale, subtotal

D = Decimal
CHART = {
    "SERVICES": "Income",
    "SHIPPING": "Income",
    "DISCOUNTS": "Income",
    "INTEREST": "Other Income",
    "TIMBER": "Cost of Goods Sold",
    "BAD DEBTS": "Expense",
    "GENEROSITY": "Expense",
    "RETAINERS": "Other Current Liability",
    "RETENTION": "Other Current Asset",
    "TIPS": "Other Current Liability",
    "CARDS": "Other Current Asset",
    "TAX": "Other Current Liability",
    "BANK": "Bank",
    "AR": "Accounts Receivable",
    "OPENING": "Equity",
}
ITEMS = {"I": "SERVICES", "R": "RETAINERS", "K": "RETENTION", "N": None}


def to(account: str, amount: str | int, id: str = "I") -> dict:
    """A line that names the account it posts to."""
    return item(amount, id, ItemAccountRef={"value": account})


def less(account: str, amount: str | int) -> dict:
    """A discount line that names the account it posts to."""
    line = discount(amount)
    line["DiscountLineDetail"]["DiscountAccountRef"] = {"value": account}
    return line


CASES = {
    "retainer": [
        ("Invoice", "01-05", 500, [item(500, "R")]),
        ("Invoice", "02-05", 0, [item(200), item(-200, "R")]),
    ],
    "deferred": [
        ("Invoice", "01-01", 1200, [item(1200, "R")]),
        ("Invoice", "01-31", 0, [item(100), item(-100, "R")]),
        ("Invoice", "02-28", 0, [item(100), item(-100, "R")]),
    ],
    "retention": [("Invoice", "01-05", 950, [item(1000), item(-50, "K")])],
    "day's takings": [("SalesReceipt", "01-05", 0, [item(800), to("TIPS", 90), to("CARDS", -890)])],
    "bounced cheque": [
        ("Invoice", "01-05", 110, [item(110)]),
        ("Invoice", "02-05", 135, [to("BANK", 110), item(25)]),
    ],
    "opening balance": [("Invoice", "01-05", 750, [to("OPENING", 750)])],
    "cost passed on": [("Invoice", "01-05", 520, [item(200), to("TIMBER", 320)])],
    "write-off": [("Invoice", "01-05", "99.60", [item(100), to("BAD DEBTS", "-0.40")])],
    "shipping": [("Invoice", "01-05", 115, [item(100), item(15, "SHIPPING_ITEM_ID")])],
    "discount": [
        ("Invoice", "01-05", 580, [item(200), item(400, "R"), subtotal(600), less("DISCOUNTS", 20)])
    ],
    "generous": [("Invoice", "01-05", 180, [item(200), subtotal(200), less("GENEROSITY", 20)])],
    "discount alone": [("Invoice", "01-05", 390, [item(400, "R"), subtotal(400), discount(10)])],
    "late": [("Invoice", "01-05", 105, [item(100), to("INTEREST", 5)])],
    "taken back": [
        ("Invoice", "01-05", 300, [item(300)]),
        ("CreditMemo", "02-05", 150, [item(50), item(100, "R")]),
    ],
    "without account": [("Invoice", "01-05", 40, [item(40, "N")])],
    "delayed charge": [("Invoice", "01-05", 75, [subtotal(75)])],
}


def billed_by_journal(books: Books, customer: str, total: int, *credits: tuple[str, int]) -> None:
    """A journal entry that puts an amount into the receivables of a customer."""
    books.customer(customer)
    entity = {"Type": "Customer", "EntityRef": {"value": customer}}
    sides = [("Debit", "AR", total, {"Entity": entity}), *(("Credit", *credit, {}) for credit in credits)]
    kind = "JournalEntryLineDetail"
    lines = [
        {
            "Id": str(number),
            "Amount": amount,
            "DetailType": kind,
            kind: {"PostingType": side, "AccountRef": {"value": account}, **named},
        }
        for number, (side, account, amount, named) in enumerate(sides)
    ]
    books.put("JournalEntry", customer, TxnDate=day("03-05"), TotalAmt=0, Line=lines)


@pytest.fixture(scope="module")
def books(empty_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """A company with a customer for each case, and two sales over the counter on one day."""
    books = Books(Path(copy(empty_warehouse, tmp_path_factory.mktemp("income"))))
    books.put(
        "Preferences",
        "1",
        SalesFormsPrefs={"DefaultDiscountAccount": "DISCOUNTS", "DefaultShippingAccount": "SHIPPING"},
    )
    for id, kind in CHART.items():
        books.put("Account", id, Name=id, AccountType=kind)
    for id, account in ITEMS.items():
        books.put("Item", id, Name=id, **({"IncomeAccountRef": {"value": account}} if account else {}))
    number = 0
    for customer, forms in CASES.items():
        books.customer(customer)
        for entity, date, total, lines in forms:
            number += 1
            sale(books, entity, str(number), date, total, *lines, customer=customer)
    for amount in (30, 20):
        number += 1
        line = item(amount)
        books.put("SalesReceipt", str(number), TxnDate=day("01-05"), TotalAmt=amount, Line=[line])
    billed_by_journal(books, "J1", 540, ("SERVICES", 500), ("TAX", 40))
    billed_by_journal(books, "J2", 90, ("BANK", 90))
    billed_by_journal(books, "J3", 300, ("SERVICES", 100), ("OPENING", 200))
    books.build_all("06-30")
    yield books
    books.close()


@pytest.mark.parametrize(
    ("customer", "revenue", "orders", "other_income", "recovered", "balance_sheet"),
    [
        ("retainer", 200, 1, 0, 0, 300),
        ("deferred", 200, 2, 0, 0, 1000),
        ("retention", 1000, 1, 0, 0, -50),
        ("day's takings", 800, 1, 0, 0, -800),
        ("bounced cheque", 135, 2, 0, 0, 110),
        ("opening balance", 0, 0, 0, 0, 750),
        ("cost passed on", 200, 1, 0, 320, 0),
        ("write-off", 100, 1, 0, "-0.40", 0),
        ("shipping", 115, 1, 0, 0, 0),
        ("discount", 180, 1, 0, 0, 400),
        ("generous", 200, 1, 0, -20, 0),
        ("discount alone", -10, 0, 0, 0, 400),
        ("late", 100, 1, 5, 0, 0),
        ("taken back", 250, 1, 0, 0, -100),
        ("without account", 40, 1, 0, 0, 0),
        ("delayed charge", 75, 1, 0, 0, 0),
    ],
)
def test_revenue_of_a_customer(books, customer, revenue, orders, other_income, recovered, balance_sheet):
    """Only what posts to income accounts is revenue; the rest stands beside it."""
    assert books.rows(f"""
        select net_revenue, orders, other_income, recovered_cost, balance_sheet_amount
        from marts.customer_value where level = 'customer' and customer_id = '{customer.replace("'", "''")}'
    """) == [(D(revenue), orders, D(other_income), D(recovered), D(balance_sheet))]


def test_accounts_of_shipping_discounts_and_what_nobody_names(books):
    """Shipping and discounts that name no account post to the company's own, a delayed charge to an unknown one."""
    assert books.rows("""
        select customer_id, item_id, net_amount, account_id, discount_account_id, posting_kind
        from core.sales_lines
        where customer_id in ('shipping', 'discount', 'generous', 'discount alone', 'delayed charge')
        order by customer_id, line_no
    """) == [
        ("delayed charge", None, D(75), None, None, "revenue"),
        ("discount", "I", D(180), "SERVICES", "DISCOUNTS", "revenue"),
        ("discount", "R", D(400), "RETAINERS", None, "balance sheet"),
        ("discount alone", "R", D(400), "RETAINERS", None, "balance sheet"),
        ("discount alone", None, D(-10), "DISCOUNTS", "DISCOUNTS", "revenue"),
        ("generous", "I", D(200), "SERVICES", None, "revenue"),
        ("generous", None, D(-20), "GENEROSITY", "GENEROSITY", "recovered cost"),
        ("shipping", "I", D(100), "SERVICES", None, "revenue"),
        ("shipping", "SHIPPING_ITEM_ID", D(15), "SHIPPING", None, "revenue"),
    ]  # fmt: skip


def test_credit_sales_of_a_customer(books):
    """Days of sales stand on revenue with its tax, also where a journal entry bills it; a retainer is none of it."""
    assert dict(
        books.rows("""
        select customer_id, sum(sales_amount) from core.credit_sales
        where customer_id in ('retainer', 'opening balance', 'cost passed on', 'taken back', 'J1', 'J2', 'J3')
        group by all
    """)
    ) == {
        "retainer": D(200),
        "cost passed on": D(200),
        "taken back": D(250),
        "J1": D(500),
        "J3": D(100),
    }
    assert books.value(
        "select credit_sales from marts.receivables_by_month where month_start = '2026-03-01'"
    ) == D(600)


def test_sales_over_the_counter_are_orders_of_their_own(books):
    """Two sales on one day that name no customer are two orders."""
    assert books.rows(
        "select net_revenue from core.orders where level = 'customer' and customer_id is null order by 1"
    ) == [
        (D(20),),
        (D(30),),
    ]


MONTHS = [(day("01-01"), D(3360)), (day("02-01"), D(275))]


def test_revenue_of_months(books):
    """Each month has the revenue that posts to its income accounts, whatever the forms add up to."""
    assert (
        books.rows("""
        select month, net_revenue from marts.revenue_by_month where net_revenue <> 0 order by month
    """)
        == MONTHS
    )


@pytest.mark.parametrize(
    "total",
    [
        "select sum(net_revenue) from marts.revenue_by_region where period = 'all' and level = 'country'",
        "select sum(net_revenue) from marts.item_profitability where period = 'all' and level = 'item'",
        "select sum(revenue) from marts.campaign_roi",
        "select sum(net_revenue) + 40 from marts.cohort_retention where level = 'customer'",
    ],
)
def test_revenue_is_the_same_everywhere(books, total):
    """Regions, items and campaigns share out all revenue, cohorts that of customers with an order."""
    assert books.value(total) == D(3635)
