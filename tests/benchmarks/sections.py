"""What each benchmark says in docs/performance.md, and the sizes it has unless others are asked for."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import checks, company, load, marts, night, pages, startup, throttled
from tests.benchmarks.measure import Step, middle
from tests.benchmarks.report import Section, figures, seconds, times

TAKEN = ("took", "CPU", "memory")


def of_load(folder: Path, sizes: Sequence[int], rounds: int) -> Section:
    """A first load of each size, each way."""
    rows, findings = [], []
    for objects in sizes or (100_000, 1_000_000):
        books = company.of(objects, folder)
        ways = [way for way in load.WAYS if objects <= load.MOST_OBJECTS.get(way, objects)]
        with pages.serving(books) as url:
            load.measured(
                books, url, 1, ["quickduck"]
            )  # the server renders each page when it is first asked for it
            found = load.measured(books, url, rounds, ways)
        ours = middle(found["quickduck"])
        for way in ways:
            taken = middle(found[way])
            rows.append(
                [
                    f"{_objects(books)}, {way}",
                    *figures(taken),
                    times(taken.seconds, ours.seconds),
                    times(taken.cpu, ours.cpu),
                ]
            )
        for way, wanted in (("DuckDB alone", "; 2 was wanted"), ("DuckDB alone, zstd", "")):
            alone = middle(found[way])
            findings.append(
                f"{_objects(books)}: {times(ours.seconds, alone.seconds)} times as long as {way} takes "
                f"({times(ours.cpu, alone.cpu)} times its CPU){wanted}."
            )
        for way, wanted in (("dlt rest_api", 10), ("dlt rest_api, Parquet", 5)):
            if way in found:
                taken = middle(found[way])
                findings.append(
                    f"{_objects(books)}: {way} takes {times(taken.seconds, ours.seconds)} times as long "
                    f"({times(taken.cpu, ours.cpu)} times the CPU); at least {wanted} was wanted."
                )
    return Section(
        "A first load",
        "The same pages of 1,000 objects, compressed, from a server of its own. `rest_api` is dlt's source with its "
        "defaults, which makes a table of every array; with Parquet it writes those files instead of SQL. DuckDB alone "
        "reads the pages from disk into the same columns, asks nobody and checks nothing: the limit; with zstd it also "
        "stores payloads as quickduck does. "
        f"dlt's defaults need memory in proportion and are not tried above {load.MOST_OBJECTS['dlt rest_api']:,}.",
        ("objects, way", *TAKEN, "of quickduck's time", "of its CPU"),
        rows,
        findings,
    )


def of_throttled(folder: Path, sizes: Sequence[int], rounds: int) -> Section:
    """A first load within the limits."""
    rows = []
    for objects in sizes or (100_000, 300_000):
        (found,) = throttled.measured(objects, folder)[f"{objects:,} objects"]
        calls, reading = found.facts["calls"], found.steps["read"].seconds
        rows.append(
            [
                _objects(company.of(objects, folder)),
                f"{calls:,}",
                seconds(reading),
                f"{calls / throttled.A_SECOND / reading:.0%}",
                seconds(found.together().seconds - reading),
            ]
        )
    return Section(
        "A first load within the limits",
        "The server refuses what Intuit refuses: more than 500 requests a minute, 10 a second or 10 at a time; and a "
        f"page takes {throttled.PAGE_SECONDS} s, so that those at a time are what binds. 95% of what is allowed was "
        "wanted; what is lost is lost at the start and at the end.",
        ("objects", "requests", "reading took", "of what is allowed", "the rest took"),
        rows,
    )


def of_night(folder: Path, sizes: Sequence[int], rounds: int) -> Section:
    """The first run and later nights of each size, step by step."""
    chosen = sizes or (10_000, 100_000, 1_000_000)
    first, nights = night.measured(chosen, folder, rounds)
    rows = []
    for which, found in (("first run", first), ("a night", nights)):
        for objects in chosen:
            runs = found[f"{objects:,} objects"]
            for step in runs[0].steps:
                if step != "setup":
                    rows.append(
                        [
                            f"{which}, {_objects(company.of(objects, folder))}, {step}",
                            *figures(middle(runs, step)),
                        ]
                    )
    for objects in chosen:
        shutil.rmtree(folder / f"home-{objects}")
    fewest, most = (nights[f"{objects:,} objects"] for objects in (chosen[0], chosen[-1]))
    few, many = middle(fewest, *night.READING), middle(most, *night.READING)
    return Section(
        "A night",
        f"Whole runs of books that tie out, each in a process of its own: {night.CHANGES:,} transactions have changed. "
        "Load counts to extract. Great Expectations takes two seconds of the check to import. "
        "Memory includes what the step before has not given back yet: the check alone holds half of what it shows.",
        ("run, objects stored, step", *TAKEN),
        rows,
        [
            f"Extract, load and staging of {chosen[-1]:,} objects take {times(many.seconds, few.seconds)} times as "
            f"long as of {chosen[0]:,} ({times(many.cpu, few.cpu)} times the CPU); at most 2 was wanted, and 15 s.",
            f"Marts are built whole in {seconds(middle(most, 'marts').seconds)} (30 wanted), published in "
            f"{seconds(middle(most, 'publish').seconds)} (15 wanted).",
            f"A night costs {most[0].facts['calls']} calls, of many objects as of few.",
        ],
    )


def of_marts(folder: Path, sizes: Sequence[int], rounds: int) -> Section:
    """Building over many invoices, and the tables that take longest."""
    rows = []
    for invoices in sizes or (1_000_000,):
        found = marts.measured(invoices, folder, rounds)
        rows += [[f"{invoices:,}, {name}", *figures(middle(runs))] for name, runs in found.items()]
        again = found["core and marts again"]
        slowest = sorted(again[0].steps, key=lambda step: -middle(again, step).cpu)[:8]
        rows += [[f"{invoices:,}, of that {table}", *figures(middle(again, table))] for table in slowest]
    return Section(
        "Marts over many invoices",
        "Books made in SQL: five years, four lines to an invoice, nine in ten paid. The first build parses every "
        "document, later ones build core and marts whole out of columns.",
        ("invoices, what", *TAKEN),
        rows,
    )


def of_checks(folder: Path, sizes: Sequence[int], rounds: int) -> Section:
    """The check step over the same invoices."""
    rows = []
    for invoices in sizes or (1_000_000,):
        if not (folder / f"books-{invoices}.duckdb").exists():
            marts.measured(invoices, folder, 0)
        found = checks.measured(invoices, folder)
        rows += [[f"{invoices:,}, {name}", *figures(middle(runs))] for name, runs in found.items()]
    return Section(
        "Checks over many invoices",
        "Over the same books, with reports that cost nothing to ask for. The first check sees every field for the "
        "first time, the second is that of a night. Great Expectations takes two seconds to import, once.",
        ("invoices, what", *TAKEN),
        rows,
    )


def of_startup(folder: Path, sizes: Sequence[int], rounds: int) -> Section:
    """Commands that are asked often."""
    home = folder / "home-startup"
    with pages.serving(company.of(10_000, folder)) as url:
        night.run_once(url, home)
    found = startup.measured(home, 3 * rounds)
    shutil.rmtree(home)
    return Section(
        "Starting up",
        "On a folder that has been run once; 0.3 s was wanted for the help, 1 s for the status.",
        ("command", "took", "CPU"),
        [
            [f"`{name}`", *(f"{figure:.2f} s" for figure in _wall_and_cpu(middle(runs)))]
            for name, runs in found.items()
        ],
    )


def _wall_and_cpu(step: Step) -> tuple[float, float]:
    return step.seconds, step.cpu


def _objects(books: Path) -> str:
    return f"{company.facts(books)['objects']:,}"
