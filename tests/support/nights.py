"""Random nights: business days, edits between two answers, faults and gaps, and what must hold after each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from pipelines.embedded.books.company import Company
from pipelines.embedded.faults.switches import Switches
from pipelines.embedded.life.business import advance
from pipelines.nightly.choices import WHOLE
from pipelines.workspace.exits import Exit
from tests.support.edit_storm import edit_at_random
from tests.support.harness import Installation, rebuilt_differences

PASSING = (
    "429", "429_xml", "500", "502", "503", "504", "maintenance", "reset", "lost", "truncated", "cut_json",
    "empty", "xml", "401", "401_xml", "fault200", "batch_item",
)  # fmt: skip
"""Faults that a night lives through when they come once or twice."""

Trouble = tuple[str, int]
"""A passing fault, and how many requests pass before it comes."""

LASTING = ("403", "401", "500", "502", "503", "maintenance", "truncated", "empty", "fault200", "xml")
"""Faults that, coming to every request, end a company's night and change nothing."""

POSITIONS: dict[str, tuple[Any, Any]] = {
    "cdc_cap": ("request", "entity"),
    "cdc_cut": ("newest", "oldest"),
    "cdc_too_old": ("refuse", "answer"),
    "cdc_inclusive": (True, False),
    "batch_order": ("asked", "reversed"),
    "total_count": ("page", "query"),
    "retry_after": (None, 1),
    "answer_seconds": (0.025, 1.0),
}
"""The switches that nights turn, and the positions they know."""


@dataclass(frozen=True)
class Night:
    """What happens until the next run, and to it. `companies` are the ones visited, by position."""

    days: int
    edits: int
    everything_touched: bool
    companies: tuple[int, ...]
    edits_meanwhile: int
    passing: tuple[Trouble, ...]
    lasting: str
    tombstones_that_lie: int
    switches: Switches
    seed: int


def any_night(chance: Random, companies: Sequence[int]) -> Night:
    """One night in thirty comes after forty days, one in ten fails, one in fifteen finds all rows changed.

    It visits these `companies`; for the others it is a night that was skipped.
    """
    return Night(
        days=chance.choice((0, 1, 1, 1, 1, 2, 3)) if chance.randrange(30) else 40,
        edits=chance.randrange(12),
        everything_touched=not chance.randrange(15),
        companies=tuple(companies),
        edits_meanwhile=chance.choice((0, 0, 0, 1, 3, 8)),
        passing=_some_passing(chance),
        lasting="" if chance.randrange(10) else chance.choice(LASTING),
        tombstones_that_lie=chance.choice((0, 0, 0, 1, 2)),
        switches=Switches(**{name: chance.choice(positions) for name, positions in POSITIONS.items()}),
        seed=chance.randrange(2**32),
    )


def crowded_nights(chance: Random, count: int, companies: int) -> list[Night]:
    """So many nights of one company each, on which everything happens that can: what is rare by chance is dealt out.

    Each passing fault comes once, one night comes after forty days and one finds all rows changed, one that publishes
    and one that only extracts meet a fault that lasts, and every switch stands both ways.
    """
    nights = [any_night(chance, [chance.randrange(companies)]) for _ in range(count)]
    publishing = [number for number in range(count) if publishes(number)]
    extracting = [number for number in range(count) if not publishes(number)]
    failing = dict(
        zip((chance.choice(publishing), chance.choice(extracting)), chance.sample(LASTING, 2), strict=True)
    )
    sound = [number for number in range(count) if number not in failing]
    away, touched = chance.sample(range(count), 2)
    passing = dict(zip(sound, _dealt(chance, [publishes(number) for number in sound]), strict=True))
    switches = _both_ways(chance, count)
    return [
        replace(
            night,
            days=40 if number == away else min(night.days, 3),
            everything_touched=number == touched,
            passing=passing.get(number, ()),
            lasting=failing.get(number, ""),
            tombstones_that_lie=max(1, night.tombstones_that_lie),
            switches=switches[number],
        )
        for number, night in enumerate(nights)
    ]


def publishes(number: int) -> bool:
    """Whether a story's night goes all the way, and so judges and shows what the two before it brought."""
    return number % 3 == 2


def _dealt(chance: Random, publishing: Sequence[bool]) -> list[tuple[Trouble, ...]]:
    """Every passing fault once, each among the requests that such a night makes at least, so that it does come.

    Never two 401 in one night, for the second may refuse the fresh token.
    """
    others = [kind for kind in PASSING if not kind.startswith("401")]
    kinds = [kind for kind in PASSING if kind.startswith("401")] + chance.sample(others, len(others))
    hands = chance.sample(
        [kinds[start :: len(publishing)] for start in range(len(publishing))], len(publishing)
    )
    return [
        tuple((kind, chance.randrange(_requests(kind, whole))) for kind in hand)
        for hand, whole in zip(hands, publishing, strict=True)
    ]


def _requests(kind: str, whole: bool) -> int:
    """How many requests a quiet night makes that this fault could hit."""
    if kind == "batch_item":
        return 2 if whole else 1
    return 5 if whole else 2


def _both_ways(chance: Random, nights: int) -> list[Switches]:
    """Switches for so many nights; each stands one way for half of them."""
    turned = {name: chance.sample(both * -(-nights // 2), nights) for name, both in POSITIONS.items()}
    return [Switches(**{name: turned[name][number] for name in turned}) for number in range(nights)]


def _some_passing(chance: Random) -> tuple[Trouble, ...]:
    """Up to two; of two 401 the second may refuse the fresh token, and that no night lives through."""
    kinds = [chance.choice(PASSING) for _ in range(chance.choice((0, 0, 1, 2)))]
    refusals = [kind for kind in kinds if kind.startswith("401")]
    return tuple((kind, chance.randrange(6)) for kind in (kinds if len(refusals) < 2 else kinds[:1]))


class Story:
    """One installation, night after night; `broken` is what did not hold, in words."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.server = installation.server
        self.books = list(self.server.world.companies.values())

    def live_through(self, night: Night, *, publishing: bool) -> list[str]:
        """Lives the days, runs the night, and says what is wrong afterwards; nothing is good news."""
        chance = Random(night.seed)
        for company in self.books:
            advance(company, night.days) if night.days else company.clock.advance(seconds=1)
            edit_at_random(company, chance, night.edits)
            if night.everything_touched:
                touch_everything(company)
        visited = [self.books[position].realm_id for position in night.companies]
        moving = visited if night.edits_meanwhile and not night.lasting else []
        before = {realm_id: self.installation.theirs(realm_id) for realm_id in moving}
        published = self._published()
        with self._weather(night, chance):
            exit = self._visit(visited, publishing=publishing)
        wrong = [] if exit in self._ends(night) else [f"exit {exit!r}: {self._said()}"]
        if exit is not Exit.PUBLISHED and len(visited) == 1 and self._published() != published:
            wrong.append(f"published though the exit is {exit!r}")
        for realm_id in moving:
            wrong += self.installation.lost(realm_id, before[realm_id])
        if night.lasting or night.edits_meanwhile:
            wrong += self._made_good(visited)
        return wrong + [line for realm_id in visited for line in self.installation.differences(realm_id)]

    def ending(self) -> list[str]:
        """One more quiet night for all: it publishes, and what the nights built in steps is what a rebuild makes."""
        exit = self.installation.night()
        wrong = [] if exit is Exit.PUBLISHED else [f"the last night ends with {exit!r}: {self._said()}"]
        return wrong + rebuilt_differences(self.installation)

    def _visit(self, visited: list[str], *, publishing: bool) -> Exit:
        return self.installation.night(*visited, steps=WHOLE if publishing else ("extract",))

    def _made_good(self, visited: list[str]) -> list[str]:
        """What the night could not read, or could not know yet, the next visit brings."""
        exit = self._visit(visited, publishing=False)
        return [] if exit is Exit.PUBLISHED else [f"the visit after ends with {exit!r}: {self._said()}"]

    def _ends(self, night: Night) -> tuple[Exit, ...]:
        """How the night may end: books that move while they are compared can fail the comparison."""
        if night.lasting:
            return (Exit.FAILED, Exit.SIGN_IN_NEEDED)
        return (Exit.PUBLISHED, Exit.CHECKS_FAILED) if night.edits_meanwhile else (Exit.PUBLISHED,)

    def _said(self) -> str:
        return "; ".join(self.installation.findings()) or "nobody says why"

    def _published(self) -> tuple[int, int] | None:
        file = self.installation.home.analytics
        return (file.stat().st_ino, file.stat().st_mtime_ns) if file.exists() else None

    @contextmanager
    def _weather(self, night: Night, chance: Random) -> Iterator[None]:
        """The night's faults and switches, and edits that fall between its answers."""
        self.server.switches.__dict__.update(vars(night.switches))
        for kind, after in night.passing:
            self.server.faults.add(kind, after=after)  # type: ignore[arg-type]
        if night.lasting:
            self.server.faults.add(night.lasting, "/v3/", times=None, after=chance.randrange(3))  # type: ignore[arg-type]
        for position in night.companies:
            for _ in range(night.tombstones_that_lie):
                entity = chance.choice(("Invoice", "Customer", "Payment"))
                found = chance.choice(self.books[position].objects(entity))
                self.server.faults.add("cdc_deleted_live", entity=entity, id=found["Id"])
        left = {company.realm_id: night.edits_meanwhile for company in self.books}

        def edit(request: Any) -> None:
            if left.get(request.realm_id, 0):
                left[request.realm_id] -= 1
                company = self.server.world.companies[request.realm_id]
                with company.lock:
                    edit_at_random(company, chance, 1)

        self.server.between_requests = edit if night.edits_meanwhile else None
        try:
            yield
        finally:
            self.server.between_requests = None
            self.server.faults.clear()


def touch_everything(company: Company) -> None:
    """One import later: every row bears the same new stamp."""
    for entity in company.store:
        for found in company.objects(entity):
            if "MetaData" in found and "Id" in found:
                company.touch(entity, found["Id"])
