"""The worker: one run for what came together, again where one failed, nothing forgotten."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pipelines.workspace.home import Home
from tests.support.running import AT_ONCE, NEVER, legacy, running, wait_for

ONE, TWO = "9130350000000001", "9130350000000002"


class Ran:
    """Companies of each run that was begun; `codes` are what the next ones end with, 0 when used up."""

    def __init__(self, *codes: int) -> None:
        self.runs: list[list[str]] = []
        self.codes = list(codes)
        self.may_end = threading.Event()
        self.may_end.set()

    def __call__(self, realm_ids: Sequence[str]) -> Mapping[str, int]:
        self.runs.append(list(realm_ids))
        self.may_end.wait(30)
        code = self.codes.pop(0) if self.codes else 0
        return dict.fromkeys(realm_ids, code)


def test_what_comes_together_is_one_run(tmp_path: Path) -> None:
    """Events that come together start one run, of the companies concerned alone."""
    ran = Ran()
    ran.may_end.clear()
    with running(Home(tmp_path), run=ran, pace=AT_ONCE) as server:
        server.notify(legacy(ONE, ("Invoice", "first", "Create")))
        wait_for(lambda: ran.runs)
        for number in range(20):
            server.notify(legacy(TWO, ("Invoice", str(number), "Create")))
        ran.may_end.set()
        server.settled()
    assert ran.runs == [[ONE], [TWO]]


def test_what_comes_during_a_run_gets_one_of_its_own(tmp_path: Path) -> None:
    """An event that comes during a run gets a run of its own, since the first may have asked before it."""
    ran = Ran()
    ran.may_end.clear()
    with running(Home(tmp_path), run=ran, pace=AT_ONCE) as server:
        server.notify(legacy(ONE, ("Invoice", "1", "Create")))
        wait_for(lambda: ran.runs)
        server.notify(legacy(TWO, ("Invoice", "1", "Create")))
        server.notify(legacy(ONE, ("Invoice", "2", "Create")))
        ran.may_end.set()
        server.settled()
    assert ran.runs == [[ONE], [ONE, TWO]]


def test_a_failed_run_is_tried_again(tmp_path: Path) -> None:
    """A failed run is tried again with its events, unless only its checks failed."""
    ran = Ran(1, 3, 2)
    with running(Home(tmp_path), run=ran, pace=AT_ONCE) as server:
        server.notify(legacy(ONE, ("Invoice", "1", "Create")))
        server.settled()
        assert server.parts is not None and server.parts.worker.last is not None
        assert server.parts.worker.last.exit_codes == {ONE: 2}
    assert ran.runs == [[ONE]] * 3


def test_one_company_s_failure_is_not_the_other_s(tmp_path: Path) -> None:
    """A company that fails waits alone, longer each time, until a new sign-in ends the wait."""
    ran = Ran(1)
    with running(Home(tmp_path), run=ran, pace=replace(AT_ONCE, again=3600, longest=3600)) as server:
        assert server.parts is not None
        server.notify(legacy(ONE, ("Invoice", "1", "Create")))
        wait_for(lambda: server.parts.worker.last)  # type: ignore[union-attr]
        server.notify(legacy(TWO, ("Invoice", "1", "Create")))
        wait_for(lambda: len(ran.runs) == 2)
        wait_for(lambda: [one.realm_id for one in server.parts.inbox.pending()] == [ONE])  # type: ignore[union-attr]
        server.parts.worker.forgive(ONE)
        server.settled()
    assert ran.runs == [[ONE], [TWO], [ONE]]


def test_a_run_that_raises_stops_no_worker(tmp_path: Path) -> None:
    """A run that raises an error does not stop the worker, and its events get another run."""

    def fails_once(realm_ids: Sequence[str]) -> Mapping[str, int]:
        if not ran.runs:
            ran.runs.append(["raised"])
            raise OSError("no room for a process")
        return ran(realm_ids)

    ran = Ran()
    with running(Home(tmp_path), run=fails_once, pace=AT_ONCE) as server:
        server.notify(legacy(ONE, ("Invoice", "1", "Create")))
        server.settled()
    assert ran.runs == [["raised"], [ONE]]


def test_a_new_server_takes_up_what_the_old_one_left(tmp_path: Path) -> None:
    """A new server runs what the old one left in the inbox."""
    ran = Ran()
    with running(Home(tmp_path), run=ran, pace=NEVER) as server:
        server.notify(legacy(ONE, ("Invoice", "1", "Create")))
    assert ran.runs == []
    with running(Home(tmp_path), run=ran, pace=AT_ONCE) as server:
        server.settled()
    assert ran.runs == [[ONE]]
