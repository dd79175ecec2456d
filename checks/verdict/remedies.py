"""What to do about a failed check, in a sentence or two, once reading again has not helped."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from checks.evidence import Difference
from checks.suites.counts import Result
from checks.verdict.naming import Named, called
from pipelines.quickbooks.entities import BY_NAME

OUR_TABLES = (
    "`quickduck transform --rebuild`, then `quickduck check`; what then remains is a fault of ours to report."
)
ANOTHER_TIME = (
    "Ask again later with `quickduck check`; if QuickBooks goes on refusing, its message says what it wants."
)
CARDS = (
    "Take the card numbers out in QuickBooks, or name their columns in leave_out_columns or hash_columns of "
    ".dlt/config.toml; without stop_at_card_numbers they are masked and stop nothing."
)
SUITES = {"questions": ANOTHER_TIME, "card_numbers": CARDS, "staged": OUR_TABLES}
SALES = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt")
"""What an account of income is made of: to read the account itself anew would not help."""
WARNINGS = {
    "rejected_documents": "Correct it in QuickBooks: until then no table has it, and the rest is published.",
    "card_numbers": "Take the number out of that text in QuickBooks.",
    "sync_accuracy": "No amount differs; if a later deep check says so still, save it once more in QuickBooks.",
    "questions": "`quickduck check` asks.",
}
LOOK = "Open it in QuickBooks and put it right there; everything is published as it stands."


def what_to_do(suite: str, column: str) -> str:
    """What to do about a warning, in a sentence."""
    return WARNINGS.get(column) or WARNINGS.get(suite, LOOK)


def remedies(
    failures: Sequence[Result],
    wrong: Sequence[Difference],
    stopping: Sequence[tuple[Difference, Named | None]],
    documents: Sequence[tuple[Difference, Named | None]],
    realm_id: str,
    read_again: Collection[tuple[str, str]],
) -> tuple[str, ...]:
    """One per kind of failure that keeps a company from being published, each once.

    `wrong` are the rows that differ, `stopping` the first of them with their names, `documents` those to look at first
    beside them, `read_again` entities and ids.
    """
    listed: list[str] = []
    for suite in (one.suite for one in failures):
        if suite in SUITES:
            listed.append(SUITES[suite])
        elif "." in suite:
            listed.append(OUR_TABLES)
        else:
            listed += [*_anew(wrong, read_again), _look(stopping, documents, len(wrong), realm_id)]
    return tuple(dict.fromkeys(listed))


def _anew(wrong: Sequence[Difference], read_again: Collection[tuple[str, str]]) -> list[str]:
    """Reading whole entities, for rows whose documents were not read again: for the others it would not help."""
    sales = () if any(entity in SALES for entity, _ in read_again) else SALES
    unread = [
        row
        for row in wrong
        if row.entity in BY_NAME and row.id.isdigit() and (row.entity, row.id) not in read_again
    ]
    names = [name for row in unread for name in (sales if row.entity == "Account" else (row.entity,))]
    entities = ",".join(dict.fromkeys(names))
    return (
        [f"`quickduck extract --full {entities}` reads these anew, then `quickduck run`."] if entities else []
    )


def _look(
    stopping: Sequence[tuple[Difference, Named | None]],
    documents: Sequence[tuple[Difference, Named | None]],
    rows: int,
    realm_id: str,
) -> str:
    """The documents to look at, once for each, and how to let a known difference through."""
    if not stopping:
        return "Look at checks.html, and ask again with `quickduck check`."
    texts = list(dict.fromkeys(called(row, one) for row, one in (*documents, *stopping)))
    more = f" (and more: {rows} rows differ)" if rows > len(stopping) else ""
    first = stopping[0][0]
    return (
        f"Look in QuickBooks at {'; '.join(texts)}{more}: read again, it differs still. Where the difference is known, "
        f"`quickduck accept {realm_id} {first.check} {first.id} --reason WHY --until DATE` publishes with it."
    )
