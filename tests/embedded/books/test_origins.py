"""Documents made from others, and sales of nobody."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from pipelines.embedded.books.company import Company
from tests.support.small_books import customer, us_company


def lines_of(company: Company, *amounts: int, **fields: Any) -> list[dict[str, Any]]:
    item = {"ItemRef": {"value": company.roles["item Design Session"]}}
    line = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": item, **fields}
    return [{**line, "Amount": Decimal(amount)} for amount in amounts]


def invoiced(company: Company, who: str, estimate: str, *amounts: int, by_line: bool) -> str:
    """An invoice made from an estimate, of which either each line says so or the form alone."""
    link = [{"TxnId": estimate, "TxnType": "Estimate"}]
    lines = lines_of(company, *amounts, **({"LinkedTxn": link} if by_line else {}))
    body = {"CustomerRef": {"value": who}, "Line": lines, "LinkedTxn": link}
    return str(company.create("Invoice", body)["Id"])


def accepted(company: Company, who: str) -> str:
    body = {"CustomerRef": {"value": who}, "Line": lines_of(company, 100, 50), "TxnStatus": "Accepted"}
    return str(company.create("Estimate", body)["Id"])


def status(company: Company, estimate: str) -> tuple[str, list[str]]:
    row = company.store["Estimate"][estimate]
    return row["TxnStatus"], [link["TxnId"] for link in row["LinkedTxn"]]


def test_an_estimate_is_converted_with_its_last_part() -> None:
    """Invoiced in parts by line it stays accepted until nothing is left, and a deleted part sets it free again."""
    company = us_company()
    who = customer(company, "Ada")
    estimate = accepted(company, who)
    first = invoiced(company, who, estimate, 100, by_line=True)
    assert status(company, estimate) == ("Accepted", [first])
    second = invoiced(company, who, estimate, 50, by_line=True)
    assert status(company, estimate) == ("Converted", [first, second])
    company.delete("Invoice", second)
    assert status(company, estimate) == ("Accepted", [first])


def test_an_invoice_without_links_by_line_stands_for_the_whole() -> None:
    """An invoice that names its estimate in the head alone converts it, whatever it amounts to."""
    company = us_company()
    who = customer(company, "Ada")
    estimate = accepted(company, who)
    made = invoiced(company, who, estimate, 20, by_line=False)
    assert status(company, estimate) == ("Converted", [made])


def test_a_sales_receipt_may_name_nobody() -> None:
    """A receipt without a customer is in home currency, taxed as usual, and owed by no one."""
    company = us_company()
    pump = {"ItemRef": {"value": company.roles["item Pump 40W"]}, "Qty": Decimal(1)}
    line = {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": pump | {"UnitPrice": Decimal(100)}}
    made = company.create("SalesReceipt", {"Line": [line]})
    assert "CustomerRef" not in made
    assert (made["CurrencyRef"]["value"], made["TotalAmt"]) == ("USD", Decimal("108.38"))
    assert company.ledger.open == {}
