"""AgedReceivables, AgedReceivableDetail and CustomerBalance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from ..books.books import Books
from ..books.documents import link_type
from ..books.money import ONE, ZERO
from ..clock import days_between
from .aging import BUCKETS, OpenItem, open_as_of
from .shape import Row, closing, money, report, section, text, total

Amounts = list[Decimal]

TYPE_NAMES = {
    "CreditMemo": "Credit Memo",
    "JournalEntry": "Journal Entry",
    "CreditCardCredit": "Credit Card Credit",
}
PAST_DUE = (
    "Current",
    "1 - 30 days past due",
    "31 - 60 days past due",
    "61 - 90 days past due",
    "91 or more days past due",
)


def open_items(books: Books, params: Mapping[str, str]) -> tuple[str, list[OpenItem]]:
    """The report's date and what it covers; the aging method is Current where none is asked for."""
    date = params.get("report_date") or books.today()
    items = open_as_of(books, date, params.get("aging_method", "Current"))
    if wanted := params.get("customer"):
        customers = set(wanted.split(","))
        items = [item for item in items if item.customer in customers]
    return date, items


def aged_receivables(books: Books, params: Mapping[str, str]) -> dict[str, Any]:
    date, items = open_items(books, params)
    amounts: dict[str, Amounts] = {}
    for item in items:
        row = amounts.setdefault(item.customer, [ZERO] * 6)
        row[item.bucket] += item.home
        row[5] += item.home
    columns = [("", "Customer", "cust_name"), *((name, "Money", key(name)) for name in (*BUCKETS, "Total"))]
    rows = family_rows(books, amounts)
    return report(books, "AgedReceivables", (date, date), columns, rows, {"report_date": date})


def key(title: str) -> str:
    return title.lower().replace(" - ", "-").replace(" ", "_")


def customer_balance(books: Books, params: Mapping[str, str]) -> dict[str, Any]:
    date, items = open_items(books, {"aging_method": "Report_Date", **params})
    amounts: dict[str, Amounts] = {}
    for item in items:
        row = amounts.setdefault(item.customer, [ZERO])
        row[0] += item.home
    columns = [("", "Customer", "cust_name"), ("Total", "Money", "total")]
    rows = family_rows(books, amounts)
    return report(books, "CustomerBalance", (date, date), columns, rows, {"report_date": date})


def family_rows(books: Books, amounts: Mapping[str, Amounts]) -> list[Row]:
    """Customers by name, each with jobs that have something open a section; then the grand total."""
    if not amounts:
        return []
    customers = books.store["Customer"]
    shown: dict[str, None] = {}
    for customer in amounts:
        above: str | None = customer
        while above and above not in shown:
            shown[above] = None
            above = customers[above].get("ParentRef", {}).get("value")
    tops = [customer for customer in shown if "ParentRef" not in customers[customer]]
    rows = [family(books, customer, amounts, shown) for customer in by_name(books, tops)]
    return [*rows, closing("TOTAL", add_up(list(amounts.values())))]


def family(books: Books, customer: str, amounts: Mapping[str, Amounts], shown: Mapping[str, None]) -> Row:
    """A row, or a section whose own postings sit in a nested section without header."""
    name = books.store["Customer"][customer]["DisplayName"]
    jobs = [job for job in books.children("Customer", customer) if job in shown]
    if not jobs:
        return leaf(name, customer, amounts[customer])
    rows = [family(books, job, amounts, shown) for job in by_name(books, jobs)]
    if customer in amounts:
        rows.insert(0, {"Rows": {"Row": [leaf(name, customer, amounts[customer])]}, "type": "Section"})
    members = [amounts[member] for member in descendants(books, customer) if member in amounts]
    sums = add_up(members)
    header = [text(name, customer), *(text("") for _ in sums)]
    return section(header, rows, [text(f"Total {name}"), *map(total, sums)])


def leaf(name: str, customer: str, amounts: Sequence[Decimal]) -> Row:
    """A data row as the service sends it here, without a type; what nets to nothing still shows its total."""
    return {"ColData": [text(name, customer), *map(money, amounts[:-1]), total(amounts[-1])]}


def descendants(books: Books, customer: str) -> list[str]:
    jobs = books.children("Customer", customer)
    return [customer, *(member for job in jobs for member in descendants(books, job))]


def by_name(books: Books, customers: Sequence[str]) -> list[str]:
    return sorted(customers, key=lambda id: str(books.store["Customer"][id]["DisplayName"]).casefold())


def add_up(rows: Sequence[Sequence[Decimal]]) -> Amounts:
    return [sum(column, ZERO) for column in zip(*rows, strict=True)]


def aged_receivable_detail(books: Books, params: Mapping[str, str]) -> dict[str, Any]:
    """One row per open document and customer, in sections by bucket, the most overdue first."""
    date, items = open_items(books, params)
    columns = [
        ("Date", "Date", "tx_date"),
        ("Transaction Type", "String", "txn_type"),
        ("Num", "String", "doc_num"),
        ("Customer", "String", "cust_name"),
        ("Due Date", "Date", "due_date"),
        ("Past Due", "Numeric", "past_due"),
        ("Amount", "Money", "subt_amount"),
        ("Open Balance", "Money", "subt_open_bal"),
    ]
    if books.profile.multicurrency:
        columns += [
            ("Currency", "String", "currency"),
            ("Exchange Rate", "Numeric", "exch_rate"),
            ("Foreign Open Balance", "Money", "foreign_open_bal"),
        ]
    rows = []
    blanks = [text("") for _ in columns[1:]]
    for bucket in reversed(range(len(BUCKETS))):
        inside = sorted((item for item in items if item.bucket == bucket), key=lambda item: item.due_date)
        if inside:
            sums = sum((item.home for item in inside), ZERO)
            summary = [text(f"Total for {PAST_DUE[bucket]}"), *blanks]
            summary[7] = total(sums)
            header = [text(PAST_DUE[bucket]), *blanks]
            rows.append(section(header, [detail(books, item, date) for item in inside], summary))
    if rows:
        summary = [text("TOTAL"), *blanks]
        summary[7] = total(sum((item.home for item in items), ZERO))
        rows.append({"Summary": {"ColData": summary}, "type": "Section", "group": "GrandTotal"})
    return report(books, "AgedReceivableDetail", (date, date), columns, rows, {"report_date": date})


def detail(books: Books, item: OpenItem, date: str) -> Row:
    entity, id = item.key
    document = books.store[entity][id]
    customer = books.store["Customer"][item.customer]
    rate = document.get("ExchangeRate", ONE)
    kind = link_type(entity, document)
    cells = [
        text(item.txn_date),
        text(TYPE_NAMES.get(kind, kind), id),
        text(document.get("DocNumber", "")),
        text(customer["FullyQualifiedName"], item.customer),
        text(item.due_date),
        text(max(0, days_between(item.due_date, date))),
        money(item.amount * rate),
        money(item.home),
    ]
    if books.profile.multicurrency:
        cells += [text(customer["CurrencyRef"]["value"]), text(rate), money(item.open)]
    return {"ColData": cells, "type": "Data"}
