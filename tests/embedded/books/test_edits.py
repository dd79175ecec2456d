"""What an edit does to the object, to others, and to their stamps."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from pipelines.embedded.books.company import Company
from pipelines.embedded.books.documents import Refused
from pipelines.embedded.reports.registry import answer_report
from tests.support.small_books import customer, form, journal, pay, us_company

DATE = "2026-06-01"


def stamps(company: Company, entity: str, id: str) -> tuple[str, str]:
    row = company.store[entity][id]
    return row["SyncToken"], row["MetaData"]["LastUpdatedTime"]


def moved(company: Company, entity: str, id: str, edit: Callable[[], Any]) -> tuple[bool, bool]:
    """Whether the edit, some minutes later, moved the object's token and its LastUpdatedTime."""
    token, updated = stamps(company, entity, id)
    company.clock.advance(seconds=300)
    edit()
    new_token, new_updated = stamps(company, entity, id)
    assert updated <= new_updated <= company.clock.stamp()
    return new_token != token, new_updated != updated


def test_stamps_are_pacific_with_whole_seconds() -> None:
    """A new object's stamps are Pacific time in whole seconds, and its SyncToken is 0."""
    company = us_company()
    company.clock.advance(seconds=0.75)
    row = company.create("Customer", {"DisplayName": "Ada"})
    stamp = "2026-07-01T09:00:00-07:00"
    assert row["MetaData"] == {"CreateTime": stamp, "LastUpdatedTime": stamp}
    assert row["SyncToken"] == "0"


def test_days_keep_wall_time_when_clocks_change() -> None:
    """Advancing by days keeps the time of day across the change of clocks."""
    company = us_company()
    company.clock.advance(days=150)
    assert company.clock.stamp() == "2026-11-28T09:00:00-08:00"


def test_an_invoice_moves_its_customer_and_receivables_without_a_token() -> None:
    """A new invoice moves the stamp of its customer and of A/R, but neither's SyncToken."""
    company = us_company()
    who = customer(company, "Ada")
    account = company.roles["receivable"]
    assert moved(company, "Customer", who, lambda: form(company, "Invoice", who, DATE, "5")) == (False, True)
    assert moved(company, "Account", account, lambda: form(company, "Invoice", who, DATE, "5")) == (
        False,
        True,
    )
    income = company.roles["design"]
    assert moved(company, "Account", income, lambda: form(company, "Invoice", who, DATE, "5")) == (
        False,
        False,
    )


@pytest.mark.parametrize("edit", ["pay", "void", "delete"])
def test_a_payment_stamps_what_it_settles(edit: str) -> None:
    """Paying, or voiding or deleting the payment, moves the invoice's stamp, SyncToken, balance and links."""
    company = us_company()
    who = customer(company, "Ada")
    invoice = form(company, "Invoice", who, DATE, "50")
    if edit == "pay":
        assert moved(
            company, "Invoice", invoice, lambda: pay(company, who, DATE, "20", ("Invoice", invoice, "20"))
        ) == (True, True)
        assert company.store["Invoice"][invoice]["Balance"] == Decimal("30.00")
        assert company.store["Invoice"][invoice]["LinkedTxn"][0]["TxnType"] == "Payment"
        return
    payment = pay(company, who, DATE, "20", ("Invoice", invoice, "20"))
    assert moved(company, "Invoice", invoice, lambda: getattr(company, edit)("Payment", payment)) == (
        True,
        True,
    )
    assert company.store["Invoice"][invoice]["Balance"] == Decimal("50.00")
    assert company.store["Invoice"][invoice]["LinkedTxn"] == []


def test_mailing_moves_the_time_alone() -> None:
    """Mailing an invoice moves its stamp and not its SyncToken."""
    company = us_company()
    invoice = form(company, "Invoice", customer(company, "Ada"), DATE, "50")
    assert moved(company, "Invoice", invoice, lambda: company.email("Invoice", invoice)) == (False, True)
    sent = company.store["Invoice"][invoice]["DeliveryInfo"]["DeliveryTime"]
    assert sent == "2026-07-01T09:04:59-07:00"


def test_void() -> None:
    """A void zeroes amounts and quantities, says so in the note, keeps dates and number, and frees the payment."""
    company = us_company()
    who = customer(company, "Ada")
    invoice = form(company, "Invoice", who, DATE, "50", PrivateNote="Gate code 12")
    payment = pay(company, who, DATE, "50", ("Invoice", invoice, "50"))
    company.void("Invoice", invoice)
    row = company.store["Invoice"][invoice]
    assert row["PrivateNote"] == "Voided - Gate code 12"
    assert [line["Amount"] for line in row["Line"]] == [0, 0]
    assert (row["TotalAmt"], row["Balance"], row["TxnTaxDetail"], row["LinkedTxn"]) == (
        0,
        0,
        {"TotalTax": 0},
        [],
    )
    assert (row["TxnDate"], row["DocNumber"]) == (DATE, "1001")
    assert company.store["Payment"][payment]["UnappliedAmt"] == Decimal("50.00")
    assert company.store["Payment"][payment]["Line"] == []


def test_voided_payment() -> None:
    """A voided payment has no amount, no lines, and a note that says so."""
    company = us_company()
    who = customer(company, "Ada")
    invoice = form(company, "Invoice", who, DATE, "50")
    row = company.void("Payment", pay(company, who, DATE, "50", ("Invoice", invoice, "50")))
    assert (row["TotalAmt"], row["UnappliedAmt"], row["Line"], row["PrivateNote"]) == (0, 0, [], "Voided")


def test_delete_leaves_a_tombstone_and_frees_the_payment() -> None:
    """Deleting an invoice leaves a tombstone and makes its payment unapplied again."""
    company = us_company()
    who = customer(company, "Ada")
    invoice = form(company, "Invoice", who, DATE, "50")
    payment = pay(company, who, DATE, "50", ("Invoice", invoice, "50"))
    token, _ = stamps(company, "Payment", payment)
    company.delete("Invoice", invoice)
    assert company.get("Invoice", invoice) is None
    (stone,) = company.tombstones()
    assert (stone.entity, stone.id, stone.deleted_at) == ("Invoice", invoice, company.clock.now())
    assert company.store["Payment"][payment]["UnappliedAmt"] == Decimal("50.00")
    assert int(company.store["Payment"][payment]["SyncToken"]) == int(token) + 1


def test_deleting_a_credit_takes_the_linking_payment_along() -> None:
    """Deleting a credit memo deletes the payment of zero that applied it, and its invoice is open again."""
    company = us_company()
    who = customer(company, "Ada")
    invoice, memo = form(company, "Invoice", who, DATE, "50"), form(company, "CreditMemo", who, DATE, "20")
    link = pay(company, who, DATE, "0", ("Invoice", invoice, "20"), ("CreditMemo", memo, "20"))
    company.delete("CreditMemo", memo)
    assert [stone.id for stone in company.tombstones()] == [link, memo]
    assert company.store["Invoice"][invoice]["Balance"] == Decimal("50.00")


def test_less_invoice_than_paid() -> None:
    """What a reduced invoice can no longer take becomes unapplied money of its newest payment."""
    company = us_company()
    who = customer(company, "Ada")
    invoice = form(company, "Invoice", who, DATE, "50")
    first = pay(company, who, DATE, "30", ("Invoice", invoice, "30"))
    second = pay(company, who, DATE, "20", ("Invoice", invoice, "20"))
    line = company.store["Invoice"][invoice]["Line"][0]
    company.update("Invoice", invoice, Line=[{**line, "Amount": Decimal(35)}])
    payments = company.store["Payment"]
    assert (payments[first]["UnappliedAmt"], payments[second]["UnappliedAmt"]) == (0, Decimal("15.00"))
    assert company.store["Invoice"][invoice]["Balance"] == 0


def test_rename_leaves_old_names_in_transactions() -> None:
    """A renamed customer keeps the old name in existing transactions, while its jobs take the new one."""
    company = us_company()
    who = customer(company, "Ada")
    job = customer(company, "Kitchen", ParentRef={"value": who})
    invoice = form(company, "Invoice", job, DATE, "5")
    edit = moved(
        company, "Invoice", invoice, lambda: company.update("Customer", who, DisplayName="Ada Lovelace")
    )
    assert edit == (False, False)
    assert company.store["Invoice"][invoice]["CustomerRef"]["name"] == "Ada:Kitchen"
    assert company.store["Customer"][job]["FullyQualifiedName"] == "Ada Lovelace:Kitchen"


def test_inactive_rows_are_renamed() -> None:
    """An inactive customer's display name ends in "(deleted)" until he is active again."""
    company = us_company()
    who = customer(company, "Ada")
    form(company, "Invoice", who, DATE, "5")
    assert moved(company, "Customer", who, lambda: company.inactivate("Customer", who)) == (True, True)
    row = company.store["Customer"][who]
    assert (row["Active"], row["DisplayName"], row["PrintOnCheckName"]) == (False, "Ada (deleted)", "Ada")
    company.reactivate("Customer", who)
    assert company.store["Customer"][who]["DisplayName"] == "Ada"


def test_inactive_account_reads_zero_and_keeps_its_postings() -> None:
    """An inactive account shows a balance of zero, while its postings stay in the trial balance."""
    company = us_company()
    bank = company.roles["checking"]
    journal(company, DATE, ("Debit", "checking", "80", ""), ("Credit", "opening", "80", ""))
    company.inactivate("Account", bank)
    assert company.store["Account"][bank]["CurrentBalance"] == 0
    trial = answer_report(company, "TrialBalance", {})
    assert trial["Rows"]["Row"][0]["ColData"][1] == {"value": "80.00"}
    company.reactivate("Account", bank)
    assert company.store["Account"][bank]["CurrentBalance"] == Decimal("80.00")


def test_merge_moves_transactions_without_their_stamps() -> None:
    """A merge moves transactions and jobs to the winner without new stamps and leaves a tombstone of the loser."""
    company = us_company()
    loser, winner = customer(company, "Adda"), customer(company, "Ada")
    job = customer(company, "Kitchen", ParentRef={"value": loser})
    invoice = form(company, "Invoice", loser, DATE, "5")
    payment = pay(company, loser, DATE, "3", ("Invoice", invoice, "3"))
    entry = journal(company, DATE, ("Debit", "receivable", "7", loser), ("Credit", "services", "7", ""))
    before = {key: stamps(company, *key) for key in (("Invoice", invoice), ("Payment", payment))}
    assert moved(company, "JournalEntry", entry, lambda: company.merge(loser, winner)) == (False, False)
    assert {key: stamps(company, *key) for key in before} == before
    assert company.store["Invoice"][invoice]["CustomerRef"] == {"value": winner, "name": "Ada"}
    assert company.store["Customer"][job]["FullyQualifiedName"] == "Ada:Kitchen"
    assert company.store["Customer"][winner]["Balance"] == Decimal("9.00")
    assert company.get("Customer", loser) is None
    assert [(stone.entity, stone.id) for stone in company.tombstones()] == [("Customer", loser)]


def test_merge_may_leave_the_loser_inactive() -> None:
    """A switch makes a merge leave the loser inactive instead of deleted."""
    company = us_company()
    company.merge_leaves_inactive = True
    loser, winner = customer(company, "Adda"), customer(company, "Ada")
    company.merge(loser, winner)
    assert company.store["Customer"][loser]["DisplayName"] == "Adda (deleted)"
    assert company.tombstones() == []


def test_payment_lines_explain_themselves() -> None:
    """A payment line's LineEx names the document, what was open on it before, and its number."""
    company = us_company()
    who = customer(company, "Ada")
    invoice = form(company, "Invoice", who, DATE, "50")
    pay(company, who, DATE, "20", ("Invoice", invoice, "20"))
    payment = company.store["Payment"][pay(company, who, DATE, "30", ("Invoice", invoice, "30"))]
    facts = {part["value"]["Name"]: part["value"]["Value"] for part in payment["Line"][0]["LineEx"]["any"]}
    assert facts == {"txnId": invoice, "txnOpenBalance": "30.00", "txnReferenceNumber": "1001"}


def test_deposit_marks_its_payments_and_guards_them() -> None:
    """A deposited payment links to its deposit and cannot be voided until the deposit is deleted."""
    company = us_company()
    who = customer(company, "Ada")
    payment = pay(company, who, DATE, "20")
    link = [{"TxnId": payment, "TxnType": "Payment", "TxnLineId": "0"}]
    deposit = company.create("Deposit", {"Line": [{"Amount": Decimal(20), "LinkedTxn": link}]})["Id"]
    assert company.store["Payment"][payment]["LinkedTxn"] == [{"TxnId": deposit, "TxnType": "Deposit"}]
    with pytest.raises(Refused, match="6540"):
        company.void("Payment", payment)
    company.delete("Deposit", deposit)
    assert company.store["Payment"][payment]["LinkedTxn"] == []


def test_too_much_applied_is_refused() -> None:
    """A payment that applies more than its invoice has open is refused and not stored."""
    company = us_company()
    who = customer(company, "Ada")
    invoice = form(company, "Invoice", who, DATE, "50")
    with pytest.raises(Refused, match="6000"):
        pay(company, who, DATE, "60", ("Invoice", invoice, "60"))
    assert company.objects("Payment") == []


def test_tax_and_discount() -> None:
    """A percent discount applies to the subtotal, and tax per rate to the taxable part after it."""
    company = us_company()
    who = customer(company, "Ada", Taxable=True)
    pump = {
        "ItemRef": {"value": company.roles["item Pump 40W"]},
        "Qty": Decimal(2),
        "UnitPrice": Decimal(189),
    }
    work = {
        "ItemRef": {"value": company.roles["item Installation"]},
        "Qty": Decimal("1.5"),
        "UnitPrice": Decimal(65),
    }
    lines: list[dict[str, Any]] = [
        {"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": detail} for detail in (pump, work)
    ]
    off = {"PercentBased": True, "DiscountPercent": Decimal(10)}
    lines.append({"DetailType": "DiscountLineDetail", "DiscountLineDetail": off})
    body = {"CustomerRef": {"value": who}, "Line": lines, "ApplyTaxAfterDiscount": True}
    made = company.create("Invoice", body)
    amounts = [line["Amount"] for line in made["Line"]]
    assert amounts == [Decimal("378.00"), Decimal("97.50"), Decimal("475.50"), Decimal("47.55")]
    taxes = [
        (line["Amount"], line["TaxLineDetail"]["NetAmountTaxable"])
        for line in made["TxnTaxDetail"]["TaxLine"]
    ]
    assert taxes == [(Decimal("24.66"), Decimal("340.20")), (Decimal("3.83"), Decimal("340.20"))]
    assert made["TotalAmt"] == Decimal("456.44")
    assert company.store["Item"][company.roles["item Pump 40W"]]["QtyOnHand"] == -2


def test_families_stay_trees_of_one_currency() -> None:
    """The books refuse circles of parents, a job in another currency, and a display name that stands twice."""
    company = us_company()
    top = customer(company, "Ada")
    job = customer(company, "Kitchen", ParentRef={"value": top})
    with pytest.raises(Refused, match="900"):
        company.update("Customer", top, ParentRef={"value": job})
    with pytest.raises(Refused, match="900"):
        company.merge(top, job)
    with pytest.raises(Refused, match="6240"):
        customer(company, "kitchen")
    with pytest.raises(Refused, match="6000"):
        customer(company, "Shed", ParentRef={"value": top}, CurrencyRef=company.currency_ref("EUR"))


def test_moving_a_job_moves_what_its_family_owes() -> None:
    """A job's move to another parent moves its balance and changes its full name."""
    company = us_company()
    old, new = customer(company, "Ada"), customer(company, "Bela")
    job = customer(company, "Kitchen", ParentRef={"value": old})
    form(company, "Invoice", job, DATE, "12")
    company.update("Customer", job, ParentRef={"value": new})
    rows = company.store["Customer"]
    assert (rows[old]["BalanceWithJobs"], rows[new]["BalanceWithJobs"]) == (0, Decimal("12.00"))
    assert rows[job]["FullyQualifiedName"] == "Bela:Kitchen"
