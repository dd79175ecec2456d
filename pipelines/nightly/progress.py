"""What a run is at: a moving line per company on a terminal, a plain one now and then in a log."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

import click

EVERY_SECONDS = 30
Look = Callable[[], Sequence["At"]]
Say = Callable[[str], None]


@dataclass(frozen=True)
class At:
    """How far one company has come in this run."""

    realm_id: str
    step: str
    rows: int = 0
    calls: int = 0
    pages_left: int = 0

    @property
    def parts(self) -> list[str]:
        """Company, step, rows, calls, and pages left where that is known."""
        left = [f"{self.pages_left:,} pages left"] if self.pages_left else []
        return [f"{self.realm_id}: {self.step}", f"{self.rows:,} rows", f"{self.calls:,} calls", *left]


@contextmanager
def progress(file: TextIO, look: Look, *, every: float = EVERY_SECONDS) -> Iterator[Say]:
    """Shows what `look` sees for as long as this lasts; gives what says a line that stays."""
    with _moving(file, look) if file.isatty() else _logged(file, look, every) as say:
        yield say


@contextmanager
def _moving(file: TextIO, look: Look) -> Iterator[Say]:
    from rich.console import Console
    from rich.live import Live
    from rich.spinner import Spinner
    from rich.table import Table

    spinner = Spinner("dots")

    def lines() -> Table:
        grid = Table.grid(padding=(0, 2))
        for at in look():
            grid.add_row(spinner, *at.parts)
        return grid

    console = Console(file=file, highlight=False, markup=False)
    with Live(console=console, get_renderable=lines, transient=True, refresh_per_second=8):
        yield lambda line: console.print(line, soft_wrap=True)


@contextmanager
def _logged(file: TextIO, look: Look, every: float) -> Iterator[Say]:
    """A line per company whenever `every` seconds went by and something moved."""
    ended = threading.Event()

    def say(line: str) -> None:
        click.echo(line, file=file)

    def watch() -> None:
        before = list(look())
        while not ended.wait(every):
            now = list(look())
            for at in now:
                if at not in before:
                    say(", ".join(at.parts))
            before = now

    watcher = threading.Thread(target=watch, name="progress", daemon=True)
    watcher.start()
    try:
        yield say
    finally:
        ended.set()
        watcher.join()
