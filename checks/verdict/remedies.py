"""What to do about a failed check, in a sentence or two, once reading again has not helped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checks.evidence import Difference
from checks.suites.counts import Result
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


def remedies(failures: Sequence[Result], differences: Sequence[Difference]) -> tuple[str, ...]:
    """One per kind of failure that keeps a company from being published, each once."""
    suites = [one.suite for one in failures if one.is_error]
    listed = [SUITES.get(suite) or (OUR_TABLES if "." in suite else _again(differences)) for suite in suites]
    return tuple(dict.fromkeys(listed))


def _again(differences: Iterable[Difference]) -> str:
    """Reading whole entities, for those whose rows differ."""
    entities = list(
        dict.fromkeys(row.entity for row in differences if row.is_error and row.entity in BY_NAME)
    )
    named = ",".join(entities) or "all"
    option = "--full" if named == "all" else f"--full {named}"
    return (
        "These rows were read again and still differ: look at them in QuickBooks. If it is right, "
        f"`quickduck extract {option}` reads all of it anew, then `quickduck run`."
    )
