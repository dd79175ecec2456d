"""Random edits of a company's books, right and wrong ones, the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

from pipelines.embedded.books.company import Company
from pipelines.embedded.books.documents import Refused, link_type
from pipelines.embedded.clock import add_days


def edit_at_random(company: Company, rng: Random, edits: int) -> int:
    """So many attempts; gives back how many the books took."""
    taken = 0
    for _ in range(edits):
        company.clock.advance(seconds=rng.choice((0, 0, 1, 60)))
        try:
            rng.choice(EDITS)(company, rng)
            taken += 1
        except Refused:
            pass
    return taken


def some(company: Company, rng: Random, *entities: str) -> tuple[str, dict[str, Any]]:
    entity = rng.choice([name for name in entities if company.objects(name)])
    return entity, rng.choice(company.objects(entity)[-150:])


def amount(rng: Random) -> Decimal:
    return Decimal(rng.randint(0, 40_000)) / 100


def line(company: Company, rng: Random) -> dict[str, Any]:
    items = [row for row in company.objects("Item") if row["Type"] not in ("Group", "Category")]
    item = rng.choice(items)
    detail = {"ItemRef": {"value": item["Id"]}, "Qty": Decimal(rng.randint(0, 5)), "UnitPrice": amount(rng)}
    return {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail}


def create_sale(company: Company, rng: Random) -> None:
    _, customer = some(company, rng, "Customer")
    lines = [line(company, rng) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.3:
        detail = {"PercentBased": True, "DiscountPercent": Decimal(rng.randint(1, 100))}
        lines.append({"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail})
    date = add_days(company.today(), -rng.randint(0, 300))
    body = {"CustomerRef": {"value": customer["Id"]}, "Line": lines, "TxnDate": date}
    entity = rng.choice(("Invoice", "Invoice", "CreditMemo", "SalesReceipt", "RefundReceipt"))
    company.create(
        entity, body | ({"Deposit": Decimal(20)} if entity == "Invoice" and rng.random() < 0.2 else {})
    )


def create_payment(company: Company, rng: Random) -> None:
    """On any two documents, of any sign, in any currency, with any amounts: mostly refused."""
    _, customer = some(company, rng, "Customer")
    lines = []
    for _ in range(rng.randint(0, 2)):
        entity, target = some(company, rng, "Invoice", "Invoice", "Invoice", "CreditMemo", "JournalEntry")
        if entity == "Invoice" and rng.random() < 0.8:
            customer = company.get("Customer", target["CustomerRef"]["value"]) or customer
        settles = target["Balance"] if "Balance" in target and rng.random() < 0.7 else amount(rng)
        link = {"TxnId": target["Id"], "TxnType": link_type(entity, target)}
        lines.append({"Amount": settles, "LinkedTxn": [link]})
    total = sum((row["Amount"] for row in lines), Decimal(0)) + rng.choice((0, 0, 10))
    body = {"CustomerRef": {"value": customer["Id"]}, "TotalAmt": total, "Line": lines}
    company.create("Payment", body | {"TxnDate": add_days(company.today(), -rng.randint(0, 300))})


def create_journal(company: Company, rng: Random) -> None:
    """On A/R, split over up to three customers, debits and credits mixed."""
    rows = [("Debit", Decimal(rng.randint(100, 9000)) / 100) for _ in range(2)]
    rows += [("Credit", rows[0][1]), ("Credit", rows[1][1])]
    lines = []
    for side, value in rows:
        detail: dict[str, Any] = {"PostingType": side}
        if rng.random() < 0.6:
            home = [row for row in company.objects("Customer") if row["CurrencyRef"]["value"] == company.home]
            reference = {"value": rng.choice(home)["Id"]}
            detail |= {"AccountRef": {"value": company.roles["receivable"]}}
            detail |= {"Entity": {"Type": "Customer", "EntityRef": reference}}
        else:
            detail |= {"AccountRef": {"value": company.roles["discounts"]}}
        lines.append(
            {"Amount": value, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}
        )
    company.create("JournalEntry", {"Line": lines, "TxnDate": add_days(company.today(), -rng.randint(0, 99))})


def change_lines(company: Company, rng: Random) -> None:
    entity, form = some(company, rng, "Invoice", "Invoice", "CreditMemo", "Estimate")
    company.update(entity, form["Id"], Line=[line(company, rng) for _ in range(rng.randint(1, 2))])


def change_date(company: Company, rng: Random) -> None:
    entity, form = some(
        company, rng, "Invoice", "Payment", "CreditMemo", "JournalEntry", "Bill", "Purchase", "Deposit"
    )
    company.update(entity, form["Id"], TxnDate=add_days(form["TxnDate"], -rng.randint(0, 60)))


def change_customer(company: Company, rng: Random) -> None:
    entity, form = some(company, rng, "Invoice", "CreditMemo", "SalesReceipt")
    _, customer = some(company, rng, "Customer")
    company.update(entity, form["Id"], CustomerRef={"value": customer["Id"]})


def change_payment(company: Company, rng: Random) -> None:
    """Less money, or fewer lines."""
    _, payment = some(company, rng, "Payment")
    if rng.random() < 0.5:
        company.update("Payment", payment["Id"], TotalAmt=amount(rng))
    else:
        company.update("Payment", payment["Id"], Line=payment["Line"][:-1])


def change_rate(company: Company, rng: Random) -> None:
    if company.profile.multicurrency:
        foreign = [
            form for form in company.objects("Invoice") if form["CurrencyRef"]["value"] != company.home
        ]
        form = rng.choice(foreign)
        company.update("Invoice", form["Id"], ExchangeRate=form["ExchangeRate"] + Decimal("0.0123"))


def void(company: Company, rng: Random) -> None:
    entity, form = some(
        company, rng, "Invoice", "Payment", "CreditMemo", "SalesReceipt", "BillPayment", "Purchase"
    )
    company.void(entity, form["Id"])


def delete(company: Company, rng: Random) -> None:
    kinds = ("Invoice", "Payment", "CreditMemo", "JournalEntry", "Deposit", "Bill", "BillPayment", "Purchase")
    entity, form = some(company, rng, *kinds, "VendorCredit", "Estimate", "Transfer", "RefundReceipt")
    company.delete(entity, form["Id"])


def rename(company: Company, rng: Random) -> None:
    entity, row = some(company, rng, "Customer", "Vendor")
    company.update(entity, row["Id"], DisplayName=f"Renamed {rng.randint(0, 10**6)}")


def move_family(company: Company, rng: Random) -> None:
    """Below somebody else, or to the top; never below itself."""
    _, row = some(company, rng, "Customer")
    parents = [
        other
        for other in company.objects("Customer")
        if other["CurrencyRef"] == row["CurrencyRef"] and other.get("Level", 0) < 3
    ]
    parent = rng.choice(parents)
    above: dict[str, Any] | None = parent
    while above:
        if above["Id"] == row["Id"]:
            return
        above = company.get("Customer", above.get("ParentRef", {}).get("value", ""))
    company.update("Customer", row["Id"], ParentRef=rng.choice(({"value": parent["Id"]}, None)))


def merge(company: Company, rng: Random) -> None:
    entity = rng.choice(("Customer", "Customer", "Vendor"))
    if len(company.objects(entity)) > 6:
        (_, loser), (_, winner) = some(company, rng, entity), some(company, rng, entity)
        company.merge_leaves_inactive = rng.random() < 0.3
        company.merge(loser["Id"], winner["Id"], entity)


def toggle(company: Company, rng: Random) -> None:
    entity, row = some(company, rng, "Customer", "Vendor", "Account", "Item")
    (company.inactivate if row["Active"] else company.reactivate)(entity, row["Id"])
    if entity == "Account":
        company.reactivate(entity, row["Id"])


EDITS: tuple[Callable[[Company, Random], None], ...] = (
    create_sale,
    create_sale,
    create_payment,
    create_payment,
    create_payment,
    create_journal,
    change_lines,
    change_date,
    change_customer,
    change_payment,
    change_rate,
    void,
    delete,
    rename,
    move_family,
    merge,
    toggle,
)
