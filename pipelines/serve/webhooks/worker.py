"""Runs the companies that webhooks announced changes of: one run for all that came meanwhile."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipelines.quickbooks.retries import Retries, unspread
from pipelines.serve.webhooks.inbox import Inbox, Pending
from pipelines.workspace.exits import Exit

READ = (Exit.PUBLISHED, Exit.CHECKS_FAILED)
"""Exit codes after which QuickBooks was read, whatever the checks said, so that the events are done."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Pace:
    """Seconds. A run begins `quiet` after the last webhook, or `patience` after the first, and `every` after the run
    before at the earliest: one costs about five calls, and a month has 500,000 for nothing.

    A company whose run failed is tried again after `again`, then after twice that, up to `longest`.
    """

    quiet: float = 3
    patience: float = 20
    every: float = 60
    again: float = 60
    longest: float = 3600


@dataclass(frozen=True)
class LastRun:
    """How the last run of the worker went, company by company."""

    started_at: datetime
    ended_at: datetime
    exit_codes: Mapping[str, int]


Run = Callable[[Sequence[str]], Mapping[str, int]]
"""Runs these companies; an exit code for each that was asked."""


@dataclass
class Worker:
    """A thread that runs while `running`, and what it last did."""

    inbox: Inbox
    run: Run
    pace: Pace = field(default_factory=Pace)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    end_run: Callable[[], object] = lambda: None
    last: LastRun | None = None

    def __post_init__(self) -> None:
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._failures: dict[str, tuple[int, float]] = {}
        self._next_start = 0.0
        self._retries = Retries(first=self.pace.again, longest=self.pace.longest, jitter=unspread)
        self._thread = threading.Thread(target=self._work, name="webhook worker", daemon=True)

    def start(self) -> None:
        """Starts the thread, which takes up at once what an earlier server left."""
        self._woken.set()
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """Whether the thread is at work or waits for some."""
        return self._thread.is_alive()

    def wake(self) -> None:
        """Tells the worker that the inbox has something new."""
        self._woken.set()

    def forgive(self, realm_id: str) -> None:
        """Lets a company that failed be tried again at once, because it signed in anew."""
        self._failures.pop(realm_id, None)
        self._woken.set()

    def stop(self) -> None:
        """Ends the run at work, and begins no other."""
        self.end_run()
        self._stopped.set()
        self._woken.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stopped.is_set():
            self._woken.wait(self._until_next_try())
            self._settle()
            if self._stopped.is_set():
                return
            try:
                self._take(self._due(self.inbox.pending()))
            except Exception:  # a full disk, say: what came in is still there
                logger.exception("The worker is stopped for a minute.")
                self._stopped.wait(self.pace.again)
                self._woken.set()

    def _settle(self) -> None:
        """Waits until no more events come, and until the last run is long enough ago."""
        begun = time.monotonic()
        while self._woken.is_set() and time.monotonic() - begun < self.pace.patience:
            self._woken.clear()
            if self._stopped.wait(self.pace.quiet):
                return
        self._stopped.wait(max(0.0, self._next_start - time.monotonic()))
        self._woken.clear()

    def _take(self, pending: list[Pending]) -> None:
        if not pending:
            return
        self._next_start = time.monotonic() + self.pace.every
        started_at = self.clock()
        counts = ", ".join(f"company {one.realm_id}: {one.count}" for one in pending)
        logger.info("A run for the webhooks of %s", counts)
        codes = self.run([one.realm_id for one in pending])
        self.last = LastRun(started_at, self.clock(), codes)
        read = [one for one in pending if codes.get(one.realm_id) in READ]
        self.inbox.worked(read, self.clock())
        for one in pending:
            if one in read:
                self._failures.pop(one.realm_id, None)
            else:
                self._failed(one.realm_id, codes.get(one.realm_id))

    def _failed(self, realm_id: str, code: int | None) -> None:
        count = self._failures.get(realm_id, (0, 0.0))[0] + 1
        wait = self._retries.delay(count)
        self._failures[realm_id] = (count, time.monotonic() + wait)
        logger.warning(
            "company %s: the run failed (exit code %s); its webhooks stay, the next try is in %.0f s",
            realm_id, code, wait,
        )  # fmt: skip

    def _due(self, pending: list[Pending]) -> list[Pending]:
        waiting = {one.realm_id for one in pending}
        for realm_id in [realm_id for realm_id in list(self._failures) if realm_id not in waiting]:
            self._failures.pop(realm_id, None)
        now = time.monotonic()
        return [one for one in pending if self._failures.get(one.realm_id, (0, 0.0))[1] <= now]

    def _until_next_try(self) -> float | None:
        """Seconds until a company that failed is tried again; None if none failed."""
        due = [moment for _, moment in list(self._failures.values())]
        return max(0.0, min(due) - time.monotonic()) if due else None
