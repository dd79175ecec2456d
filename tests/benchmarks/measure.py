"""The one way to measure: each piece of work in a process of its own, several in turn, medians compared.

A piece of work is a function that is given a `Laps` and plain arguments; it calls `laps.lap(name)` at the end of each
step and may give back facts about what it did.
"""

from __future__ import annotations

import importlib
import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

SETUP = "setup"


@dataclass
class Step:
    """What one step took; `peak` is the most memory that was resident during it, in megabytes."""

    seconds: float = 0.0
    cpu: float = 0.0
    peak: float = 0.0

    def __add__(self, other: Step) -> Step:
        return Step(self.seconds + other.seconds, self.cpu + other.cpu, max(self.peak, other.peak))


@dataclass
class Measured:
    """Steps of one run in their order, and what the work said of itself."""

    steps: dict[str, Step] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def together(self, *names: str) -> Step:
        """These steps as one, or all but the setup."""
        chosen = names or [name for name in self.steps if name != SETUP]
        return sum((self.steps[name] for name in chosen if name in self.steps), Step())


class Laps:
    """A stopwatch for the steps of one process: wall time, CPU, peak memory."""

    def __init__(self) -> None:
        self.measured = Measured()
        self._begin()

    def lap(self, name: str) -> None:
        """What happened since the last lap was this step, or more of it."""
        step = Step(time.perf_counter() - self._wall, cpu() - self._cpu, peak())
        self.measured.steps[name] = self.measured.steps.get(name, Step()) + step
        self._begin()

    def ready(self) -> None:
        """What happened so far was to get ready, imports included, and does not count."""
        self.lap(SETUP)

    def around(self, owner: Any, name: str, *, before: str, step: str) -> None:
        """From now on each call of `owner.name` is a step; what led up to it belongs to the one `before`."""
        function = getattr(owner, name)

        def lapped(*args: Any, **kwargs: Any) -> Any:
            self.lap(before)
            try:
                return function(*args, **kwargs)
            finally:
                self.lap(step)

        setattr(owner, name, lapped)

    def _begin(self) -> None:
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")
        self._wall, self._cpu = time.perf_counter(), cpu()


def cpu() -> float:
    """Seconds of all threads of this process, and of the processes it has started and waited for."""
    started = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + started.ru_utime + started.ru_stime


def peak() -> float:
    """Megabytes resident at most since the last lap. Linux tells; elsewhere it is not a number."""
    with suppress(OSError):
        found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
        return int(found[1]) / 1024 if found else float("nan")
    return float("nan")


@dataclass(frozen=True)
class Work:
    """One thing to be measured: a function of a module, and its arguments, which travel as JSON."""

    name: str
    function: Callable[..., Any]
    arguments: dict[str, Any] = field(default_factory=dict)

    def once(self) -> Measured:
        """Runs it in a process of its own."""
        called = json.dumps([self.function.__module__, self.function.__name__, self.arguments])
        with subprocess.Popen([sys.executable, "-m", __name__, called], stdout=subprocess.PIPE) as child:
            answer = child.stdout.read() if child.stdout else b""
        if child.returncode:
            raise RuntimeError(f"{self.name} ended with exit code {child.returncode}; its words stand above")
        found = json.loads(answer.splitlines()[-1])
        return Measured({name: Step(**step) for name, step in found["steps"].items()}, found["facts"])


Results = dict[str, list[Measured]]


def in_turn(works: Sequence[Work], rounds: int) -> Results:
    """Runs them one after another, `rounds` times over, so that a busy minute falls on all alike."""
    found: Results = {work.name: [] for work in works}
    for number in range(1, rounds + 1):
        for work in works:
            measured = work.once()
            found[work.name].append(measured)
            whole = measured.together()
            print(
                f"  {work.name}, {number} of {rounds}: {whole.seconds:.2f} s, {whole.cpu:.2f} s of CPU, "
                f"{whole.peak:,.0f} MB",
                file=sys.stderr,
            )
    return found


def middle(found: Sequence[Measured], *steps: str) -> Step:
    """The median of each figure of these steps together; of memory the most."""
    parts = [measured.together(*steps) for measured in found]
    return Step(
        median(part.seconds for part in parts),
        median(part.cpu for part in parts),
        max(part.peak for part in parts),
    )


def _main(called: str) -> None:
    module, name, arguments = json.loads(called)
    laps = Laps()
    facts = getattr(importlib.import_module(module), name)(laps, **arguments)
    steps = {step: vars(taken) for step, taken in laps.measured.steps.items()}
    print(json.dumps({"steps": steps, "facts": facts or {}}))


if __name__ == "__main__":
    _main(sys.argv[1])
