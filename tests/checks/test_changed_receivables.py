"""The documents to look at where a customer's receivables differ and no report names any."""

from __future__ import annotations

import pytest

from checks.collect.gathering import Gathering
from checks.collect.making import documents_at_fault
from checks.evidence import Difference, Evidence
from checks.suites.counts import Result
from checks.verdict.naming import Names
from checks.verdict.verdict import verdict_of
from tests.support.books import day, money
from tests.support.odd_company import USD, Company
from transforms.engine.history import CHECKED

AGING = Difference.of_amounts("aged_receivables", "Customer", "C", "d1_30", money(100), money(125))


@pytest.fixture
def owing(odd: Company) -> Company:
    """Customer C owes 100, 40 and 25, and E owes 60."""
    odd.customer("E", Balance=money(60), **USD)
    for id, amount, who in (("2", 40, "C"), ("3", 25, "C"), ("4", 60, "E")):
        odd.invoice(id, amount, "01-12", customer=who, Balance=money(amount), DocNumber=f"10{id}", **USD)
    odd.build()
    return odd


def at_fault(odd: Company, *differences: Difference) -> list[tuple[str, str, str | None]]:
    evidence = Evidence(odd.realm_id, "night", day("02-01"), differences=list(differences))
    rows = documents_at_fault(Gathering(odd.connection, evidence))
    return [(row.check, f"{row.entity} {row.id}", row.actual) for row in rows]


def pass_checks(odd: Company) -> None:
    """Keeps the books of now as those of the last night that passed."""
    for table, now in CHECKED.items():
        odd.connection.execute(
            f"insert into build.checked_{table} by name select * from ({now}) where realm_id = '{odd.realm_id}'"
        )


def test_before_any_good_night_open_documents_are_named(owing: Company) -> None:
    """Of open documents of the customer the one whose amount is the difference comes first, then the largest."""
    assert at_fault(owing, AGING) == [
        ("aged_receivables", "Invoice 3", "25.00"),
        ("aged_receivables", "Invoice 1", "100.00"),
        ("aged_receivables", "Invoice 2", "40.00"),
    ]


def test_what_changed_since_the_last_good_night_is_named(owing: Company) -> None:
    """A payment entered since then is named with the invoice that it settles; where sums alone differ, of everybody."""
    pass_checks(owing)
    owing.payment("9", 30, "01-20", ("Invoice", "2", 30), **USD)
    owing.invoice("4", 70, "01-12", customer="E", Balance=money(70), **USD)
    owing.build()
    assert [text for _, text, _ in at_fault(owing, AGING)] == ["Invoice 2", "Payment 9"]
    total = Difference.of_amounts("trial_balance", "Account", "receivables", "balance", money(5), money(6))
    assert [text for _, text, _ in at_fault(owing, total)] == ["Invoice 4", "Invoice 2", "Payment 9"]


def test_where_a_document_is_named_already_no_other_is(owing: Company) -> None:
    """A document that differs itself is enough, and so is a difference that stops nothing."""
    named = Difference.of_amounts("open_amounts", "Invoice", "2", "qbo_open_amount", money(1), money(2))
    assert at_fault(owing, AGING, named) == at_fault(owing) == []


def test_to_do_names_the_documents(owing: Company) -> None:
    """What to do names the documents by number, date, customer and amount before the customer."""
    evidence = Evidence(owing.realm_id, "night", day("02-01"), differences=[AGING])
    evidence.differences += documents_at_fault(Gathering(owing.connection, evidence))
    names = Names(owing.connection, owing.realm_id)
    failed = Result("aged_receivables", "", "differing_customers", "critical", False, "Fails if it differs.")
    (todo,) = verdict_of(evidence, [failed], [], None, names).remedies[-1:]
    assert "Look in QuickBooks at Invoice 103 of 2026-01-12, Customer C, 25.00 USD" in todo
