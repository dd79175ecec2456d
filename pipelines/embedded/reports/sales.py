"""CustomerSales and ItemSales: what was sold to whom and what, by the lines of the sales forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from ..books.books import Books
from ..books.documents import Document, charges, discount
from ..books.money import ONE, ZERO, cents
from ..books.postings import sale_account
from .periods import Period, amount_columns, covered, periods, place, summarized
from .shape import Column, Row, money, report, section, text, total

SIGNS = {"Invoice": 1, "SalesReceipt": 1, "CreditMemo": -1, "RefundReceipt": -1}
INCOME_TYPES = ("Income", "Other Income")
ITEM_COLUMNS = ("Quantity", "Amount", "% of Sales", "Avg Price", "COGS", "Gross Margin", "Gross Margin %")


class Sale(NamedTuple):
    """A line in home currency, without tax; what a credit or refund takes back is negative."""

    date: str
    customer: str | None
    item: str | None
    quantity: Decimal
    amount: Decimal
    cost: Decimal


def sales(books: Books) -> Iterator[Sale]:
    """Every line of a sales form, whatever account it posts to, and its discounts, which name no item.

    `sales_reports_only_income` leaves out the lines that post elsewhere, and `sales_reports_journals` adds the
    lines of journal entries on income accounts that name a customer.
    """
    accounts = books.store["Account"]
    income = {id for id, account in accounts.items() if account["AccountType"] in INCOME_TYPES}
    for entity, sign in SIGNS.items():
        for document in books.store[entity].values():
            customer = document.get("CustomerRef", {}).get("value")
            rate = Decimal(document.get("ExchangeRate", ONE))
            for account, sale in lines(books, document, customer, sign, rate):
                if account in income or not books.sales_reports_only_income:
                    yield sale
    if books.sales_reports_journals:
        for document in books.store["JournalEntry"].values():
            yield from journalled(document, income)


def lines(
    books: Books, document: Document, customer: str | None, sign: int, rate: Decimal
) -> Iterator[tuple[str, Sale]]:
    """The account and the sale of each line of a form, the discount last."""
    date = document["TxnDate"]
    for line in charges(document):
        detail = line.get("SalesItemLineDetail")
        if not detail:
            continue
        item = books.store["Item"].get(detail.get("ItemRef", {}).get("value", ""))
        quantity = detail.get("Qty", ZERO)
        cost = cents(quantity * item["PurchaseCost"]) if item and item["Type"] == "Inventory" else ZERO
        amount = cents(line["Amount"] * rate)
        sold = Sale(date, customer, item["Id"] if item else None, sign * quantity, sign * amount, sign * cost)
        yield sale_account(books, detail), sold
    if reduction := discount(document):
        yield (
            books.roles["discounts"],
            Sale(date, customer, None, ZERO, -sign * cents(reduction * rate), ZERO),
        )


def journalled(document: Document, income: set[str]) -> Iterator[Sale]:
    rate = Decimal(document.get("ExchangeRate", ONE))
    for line in document["Line"]:
        detail = line.get("JournalEntryLineDetail", {})
        entity = detail.get("Entity", {})
        if detail.get("AccountRef", {}).get("value") in income and entity.get("Type") == "Customer":
            sign = 1 if detail["PostingType"] == "Credit" else -1
            amount = sign * cents(line["Amount"] * rate)
            yield Sale(document["TxnDate"], entity["EntityRef"]["value"], None, ZERO, amount, ZERO)


Figures = list[Decimal]
"""Quantity, amount and cost."""
NOTHING: Figures = [ZERO, ZERO, ZERO]
Cells = list[dict[str, str]]


def added(rows: Iterable[Figures]) -> Figures:
    return [sum(column, ZERO) for column in zip(NOTHING, *rows, strict=True)]


@dataclass
class SalesBy:
    """Sales by the objects of a list, those below one in its section; `cells` shows what one period has.

    `sums`: by id, figures per column, the total among them; None stands for sales that name nobody or nothing.
    """

    books: Books
    entity: str
    field: str
    cells: Callable[[list[Figures], bool], Cells]
    sums: dict[str | None, list[Figures]]

    def rows(self) -> list[Row]:
        """A row or section for each object at the top, then what names none, then the grand total."""
        named = [id for id in self.sums if id]
        shown: dict[str, None] = {}
        for id in named:
            above: str | None = id
            while above and above not in shown:
                shown[above] = None
                above = self.above(above)
        rows = [self.row(id, shown) for id in self.by_name([id for id in shown if not self.above(id)])]
        if None in self.sums:
            cells = self.cells(self.sums[None], False)
            rows.append({"ColData": [text("Not Specified"), *cells], "group": "**"})
        if rows:
            cells = self.cells(self.whole(self.sums), True)
            summary = {"ColData": [text("TOTAL"), *cells]}
            rows.append({"Summary": summary, "type": "Section", "group": "GrandTotal"})
        return rows

    def above(self, id: str) -> str | None:
        parent: str | None = self.books.store[self.entity][id].get("ParentRef", {}).get("value")
        return parent

    def by_name(self, ids: Iterable[str]) -> list[str]:
        return sorted(ids, key=lambda id: str(self.books.store[self.entity][id][self.field]).casefold())

    def under(self, id: str) -> list[str]:
        return [id, *(one for child in self.books.children(self.entity, id) for one in self.under(child))]

    def whole(self, ids: Iterable[str | None]) -> list[Figures]:
        """Column by column, what these have together."""
        rows = [self.sums[id] for id in ids if id in self.sums]
        return [added(column) for column in zip(*rows, strict=True)]

    def row(self, id: str, shown: Mapping[str, None]) -> Row:
        """A row, or a section whose own sales sit in a nested section without header."""
        title = self.books.store[self.entity][id][self.field]
        below = [child for child in self.books.children(self.entity, id) if child in shown]
        own: Row | None = None
        if id in self.sums:
            own = {"ColData": [text(title, id), *self.cells(self.sums[id], False)]}
        if not below:
            return own or {"ColData": [text(title, id)]}
        rows = [self.row(child, shown) for child in self.by_name(below)]
        if own:
            rows.insert(0, {"Rows": {"Row": [own]}, "type": "Section"})
        cells = self.cells(self.whole(self.under(id)), True)
        header = [text(title, id), *(text("") for _ in cells)]
        return section(header, rows, [text(f"Total {title}"), *cells])


def figures(
    books: Books, params: Mapping[str, str], among: Sequence[Period], key: str
) -> dict[str | None, list[Figures]]:
    """By customer or item, what was sold in each column, through the report's filters by ids of both."""
    customers, items = (set(filter(None, params.get(name, "").split(","))) for name in ("customer", "item"))
    sums: dict[str | None, list[Figures]] = {}
    for sale in sales(books):
        column = place(among, sale.date)
        if (
            column is None
            or (customers and sale.customer not in customers)
            or (items and sale.item not in items)
        ):
            continue
        row = sums.setdefault(getattr(sale, key), [NOTHING for _ in among])
        row[column] = added([row[column], [sale.quantity, sale.amount, sale.cost]])
    if summarized(among) != "Total":
        sums = {id: [*row, added(row)] for id, row in sums.items()}
    return sums


def customer_sales(books: Books, params: Mapping[str, str]) -> dict[str, Any]:
    """Customers by name; one with jobs is a section, his own sales in front and the family's total below."""
    start, end = covered(books, params)
    among = periods(params, start, end)

    def cells(row: list[Figures], summed: bool) -> Cells:
        *months, whole = (amount for _, amount, _ in row)
        return [*map(total if summed else money, months), total(whole)]

    sums = figures(books, params, among, "customer")
    rows = SalesBy(books, "Customer", "DisplayName", cells, sums).rows()
    columns = [Column("", "Customer", "cust_name"), *amount_columns(among)]
    return report(books, "CustomerSales", (start, end), columns, rows, basis="Accrual", by=summarized(among))


def item_sales(books: Books, params: Mapping[str, str]) -> dict[str, Any]:
    """Items by name; a category, or an item with items below, is a section with its total."""
    start, end = covered(books, params)
    among = periods(params, start, end)
    sums = figures(books, params, among, "item")
    everything = [added(column) for column in zip(*sums.values(), strict=True)]

    def cells(row: list[Figures], summed: bool) -> Cells:
        return [cell for one, all in zip(row, everything, strict=True) for cell in item_cells(one, all[1])]

    rows = SalesBy(books, "Item", "Name", cells, sums).rows()
    columns = [Column("", "ProductsAndService", "item_name"), *amount_columns(among, ITEM_COLUMNS)]
    return report(books, "ItemSales", (start, end), columns, rows, basis="Accrual", by=summarized(among))


def item_cells(row: Figures, sold: Decimal) -> Cells:
    """The seven cells under one column; the last three stay empty for what costs nothing."""
    quantity, amount, cost = row
    cells = [
        money(quantity),
        money(amount),
        text(f"{amount / sold * 100:.2f} %" if amount and sold else ""),
        money(amount / quantity if quantity else ZERO),
    ]
    if not cost:
        return [*cells, text(""), text(""), text("")]
    margin = amount - cost
    return [*cells, money(cost), money(margin), text(f"{margin / amount * 100:.2f} %" if amount else "")]
