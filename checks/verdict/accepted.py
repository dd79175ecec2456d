"""Differences that somebody has accepted: known ones let a company through, for a while and for all to see.

A difference is let through as it was seen: with another amount, or with another row beside it, it is red again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from duckdb import DuckDBPyConnection
from pendulum import DateTime

from checks.evidence import BUCKETS, ZERO, Difference, cents
from checks.suites.comparisons import FLOOR
from checks.suites.counts import Result
from pipelines.base import kept_tables
from pipelines.base.kept_tables import KeptTable, insert
from pipelines.base.sqltext import tables

MOST_DAYS = 92
OF_OBJECTS = ("ids", "content")
"""The checks whose figures are judged as sync_accuracy."""
AMOUNT = "decimal(38, 8)"
SEEN = {
    "check_name": ("varchar", "Name of the check that found the difference."),
    "entity": ("varchar", "QuickBooks's name of the entity, or the table, that the row is about."),
    "column_name": ("varchar", "Column or field that differs."),
    "expected": (
        "varchar",
        "Value in QuickBooks when the difference was seen; of free text its length alone.",
    ),
    "actual": (
        "varchar",
        "Value in our copy when the difference was seen; null when the copy lacked the object.",
    ),
    "reason": ("varchar", "Why somebody accepted the difference, in his words."),
}
UNTIL = {"until_date": ("date", "Last day on which the difference is let through.")}
DIFF = {
    "amount_diff": (
        AMOUNT,
        "Difference in money, in the object's currency; null where the difference is not one of money.",
    ),
}
REALM = {"realm_id": ("varchar", "QuickBooks id of the company (realm).")}
ID = {"id": ("varchar", "QuickBooks id of the object, or key of the row.")}

ACCEPTED = KeptTable(
    "checks.accepted",
    "One row per company and row of a difference that somebody accepted, with those revoked or over. Empty where "
    "nobody accepted any.",
    {
        **SEEN,
        "accepted_at": ("timestamptz", "Moment (UTC) of the acceptance."),
        "revoked_at": (
            "timestamptz",
            "Moment (UTC) at which the acceptance was revoked; null when it was not.",
        ),
        **UNTIL,
        **DIFF,
        **REALM,
        **ID,
    },
)
LET_THROUGH = KeptTable(
    "history.accepted_differences",
    "One row per company, run and accepted difference that the run let through. Empty where nobody accepted any.",
    {
        **SEEN,
        **UNTIL,
        "as_of_date": ("date", "Day for which the marts stood when the run checked them."),
        **DIFF,
        **REALM,
        "run_id": ("varchar", "Run that let the difference through, as in ops.runs."),
        **ID,
    },
)

Key = tuple[str, str]
"""Check and id."""


@dataclass(frozen=True)
class Acceptance:
    """The rows of one check and id that were accepted, as they were seen."""

    rows: tuple[Difference, ...]
    reason: str
    until: date

    @property
    def key(self) -> Key:
        return self.rows[0].check, self.rows[0].id


def in_force(connection: DuckDBPyConnection, realm_id: str, day: date) -> list[Acceptance]:
    """What is accepted of the company on that day."""
    if "accepted" not in tables(connection, "checks"):
        return []
    rows = connection.execute(
        """select check_name, entity, id, column_name, expected, actual, amount_diff, reason, until_date
        from checks.accepted where realm_id = ? and revoked_at is null and until_date >= ? order by all""",
        [realm_id, day],
    ).fetchall()
    grouped: dict[Key, list[Difference]] = defaultdict(list)
    terms: dict[Key, tuple[str, date]] = {}
    for check, entity, id, column, expected, actual, amount, reason, until in rows:
        grouped[check, id].append(Difference(check, entity, id, column, expected, actual, amount))
        terms[check, id] = reason, until
    return [Acceptance(tuple(listed), *terms[key]) for key, listed in grouped.items()]


def marked(rows: Iterable[Difference], acceptances: Sequence[Acceptance]) -> list[Difference]:
    """The rows, those accepted that are just as they were seen: no row of the check and id more, fewer or other."""
    by_key: dict[Key, list[Difference]] = defaultdict(list)
    listed = list(rows)
    for row in listed:
        if row.is_error:
            by_key[row.check, row.id].append(row)
    same = {one.key for one in acceptances if _form(by_key.get(one.key, ())) == _form(one.rows)}
    return [
        replace(row, accepted=True) if row.is_error and (row.check, row.id) in same else row for row in listed
    ]


def _form(rows: Iterable[Difference]) -> list[tuple[str, ...]]:
    """What has to be the same: the amounts by which rows are apart, else the values. Aging moves on by itself."""
    return sorted(
        (
            row.entity,
            "" if row.column in BUCKETS else row.column,
            *(
                (f"{row.amount_diff.normalize():f}",)
                if row.amount_diff
                else (str(row.expected), str(row.actual))
            ),
        )
        for row in rows
    )


def is_let_through(result: Result, differences: Sequence[Difference], same: int, union: int) -> bool:
    """Whether all that made an expectation fail is accepted; `same` of `union` objects agree over all entities."""
    own = [row for row in _of(result, differences) if row.is_error or row.accepted]
    if not own or not all(row.accepted for row in own):
        return False
    if result.column == "pooled_accuracy":
        return not union or (same + len({(row.entity, row.id) for row in own})) / union >= FLOOR
    if result.column.endswith("_diff") or result.column == "out_of_balance":
        if result.suite == "sync_accuracy":
            return True
        return abs(int(result.observed)) <= cents(sum((abs(row.amount_diff or ZERO) for row in own), ZERO))
    if "." in result.suite:
        return len(own) == result.unexpected_count
    if result.suite == "identities":
        return len(own) == int(result.observed)
    return True


def _of(result: Result, differences: Sequence[Difference]) -> list[Difference]:
    """The rows that make an expectation fail."""
    if result.suite == "sync_accuracy":
        return [row for row in differences if row.check in OF_OBJECTS]
    if "." in result.suite:
        rule = result.description.removeprefix("Fails if ")
        return [row for row in differences if row.check == result.suite and row.expected == rule]
    name = result.column if result.suite == "identities" else result.suite
    return [row for row in differences if row.check == name]


def last_seen(connection: DuckDBPyConnection, realm_id: str) -> tuple[date | None, list[Difference]]:
    """The day of the company's last checks, and the differences that stopped it then or were accepted already."""
    if "differences" not in tables(connection, "checks"):
        return None, []
    rows = connection.execute(
        """select as_of_date, check_name, entity, id, column_name, expected, actual, amount_diff
        from checks.differences
        where realm_id = $realm and state in ('error', 'accepted')
            and run_id = (select max(run_id) from checks.results where realm_id = $realm)
        order by all""",
        {"realm": realm_id},
    ).fetchall()
    days = connection.execute(
        "select max(as_of_date) from checks.results where realm_id = ?", [realm_id]
    ).fetchall()
    return days[0][0], [Difference(*row) for _, *row in rows]


def keep(
    connection: DuckDBPyConnection,
    realm_id: str,
    rows: Sequence[Difference],
    *,
    reason: str,
    until: date,
    at: DateTime,
) -> None:
    """Keeps these rows as accepted, in place of what was accepted of the same check and id before."""
    kept_tables.create(connection, [ACCEPTED])
    for check, id in {(row.check, row.id) for row in rows}:
        revoke(connection, realm_id, [check], id, at=at)
    insert(
        connection,
        ACCEPTED.name,
        [
            _seen(row)
            | {
                "realm_id": realm_id,
                "reason": reason,
                "until_date": until,
                "accepted_at": at,
                "revoked_at": None,
            }
            for row in rows
        ],
    )


def revoke(
    connection: DuckDBPyConnection, realm_id: str, checks: Sequence[str], id: str, *, at: DateTime
) -> int:
    """Ends what is accepted of these checks and the id; how many rows that were."""
    kept_tables.create(connection, [ACCEPTED])
    rows = connection.execute(
        """update checks.accepted set revoked_at = ?
        where realm_id = ? and list_contains(?, check_name) and id = ? and revoked_at is null returning id""",
        [at, realm_id, list(checks), id],
    ).fetchall()
    return len(rows)


def note_let_through(
    connection: DuckDBPyConnection,
    realm_id: str,
    run_id: str,
    as_of: date,
    rows: Iterable[Difference],
    acceptances: Sequence[Acceptance],
) -> None:
    """Keeps in history which differences a run let through, and why; a run that is judged again replaces its own."""
    kept_tables.create(connection, [LET_THROUGH])
    connection.execute(
        "delete from history.accepted_differences where realm_id = ? and run_id = ?", [realm_id, run_id]
    )
    terms = {one.key: one for one in acceptances}
    insert(
        connection,
        LET_THROUGH.name,
        [
            _seen(row)
            | {
                "realm_id": realm_id,
                "run_id": run_id,
                "as_of_date": as_of,
                "reason": terms[row.check, row.id].reason,
                "until_date": terms[row.check, row.id].until,
            }
            for row in rows
        ],
    )


def _seen(row: Difference) -> dict[str, str | Decimal | None]:
    return {
        "check_name": row.check,
        "entity": row.entity,
        "id": row.id,
        "column_name": row.column,
        "expected": row.expected,
        "actual": row.actual,
        "amount_diff": row.amount_diff,
    }
