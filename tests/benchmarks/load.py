"""A first load: the same pages through quickduck, through dlt in two ways, and past both.

What is big is imported by the way that needs it, so that each has its own memory alone.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any

from tests.benchmarks.measure import Laps, Results, Work, in_turn
from tests.benchmarks.pages import fetched


def quickduck(laps: Laps, company: str, url: str, keep: str) -> dict[str, Any]:
    """As the first night of `quickduck run` does it: counts, pages by windows of time, one package, repairs."""
    from pipelines.nightly.extract import CompanyCopy
    from pipelines.workspace.home import Home
    from tests.benchmarks.reached import client

    copied = CompanyCopy(client(url), Home(keep))
    laps.ready()
    extraction = copied.copy()
    laps.lap("load")
    return {"rows": extraction.rows.total(), "calls": copied.client.calls.total}


def rest_api(laps: Laps, company: str, url: str, keep: str, files: str | None = None) -> dict[str, Any]:
    """dlt's declarative source as it comes, every array a table of its own; `files` as it writes them, or Parquet."""
    import dlt
    from dlt.sources.rest_api import rest_api_source

    source = rest_api_source(
        {
            "client": {"base_url": url},
            "resources": [
                {
                    "name": entity,
                    "endpoint": {
                        "path": f"objects/{entity}",
                        "data_selector": f"QueryResponse.{entity}",
                        "paginator": {"type": "offset", "limit": 1000, "total_path": None},
                    },
                }
                for entity in _entities(company)
            ],
        }
    )
    pipeline = dlt.pipeline(
        "benchmark",
        destination=dlt.destinations.duckdb(f"{keep}/warehouse.duckdb"),
        dataset_name="raw",
        pipelines_dir=keep,
    )
    laps.ready()
    pipeline.run(source, loader_file_format=files)
    laps.lap("load")
    counts = pipeline.last_trace.last_normalize_info.row_counts
    return {"rows": sum(many for name, many in counts.items() if "__" not in name and name[0] != "_")}


def duckdb_alone(laps: Laps, company: str, url: str, keep: str, compression: str = "auto") -> dict[str, Any]:
    """The same pages, compressed as they travel, out of files: nothing asked, nothing checked, nothing remembered."""
    import duckdb

    entities = {entity: _kept_pages(url, entity, Path(keep)) for entity in _entities(company)}
    rows = 0
    laps.ready()
    with duckdb.connect(f"{keep}/warehouse.duckdb") as connection:
        connection.execute(f"set force_compression = '{compression}'")
        for entity, files in entities.items():
            connection.execute(
                f"""create table "{entity}" as
                select '1' as realm_id, object->>'$.Id' as id, (object->>'$.SyncToken')::bigint as sync_token,
                    (object->>'$.MetaData.CreateTime')::timestamptz as created_at,
                    (object->>'$.MetaData.LastUpdatedTime')::timestamptz as last_updated_at,
                    current_timestamp as answered_at, last_updated_at as changed_at, object as payload, '1' as load_id
                from (select unnest(json->'$.QueryResponse.{entity}[*]') as object from read_json_objects($files))""",
                {"files": files},
            )
            rows += connection.execute(f'select count(*) from "{entity}"').fetchall()[0][0]
    laps.lap("load")
    return {"rows": rows}


def _entities(company: str) -> list[str]:
    return sorted(file.stem for file in Path(company).glob("*.ndjson"))


def _kept_pages(url: str, entity: str, folder: Path) -> list[str]:
    files: list[str] = []
    while True:
        page = fetched(url, f"objects/{entity}?offset={1000 * len(files)}&limit=1000")
        if len(page) < 200:
            return files
        files.append(f"{folder}/{entity}-{len(files)}.json.gz")
        Path(files[-1]).write_bytes(page)


WAYS = {
    "quickduck": (quickduck, {}),
    "dlt rest_api": (rest_api, {}),
    "dlt rest_api, Parquet": (rest_api, {"files": "parquet"}),
    "DuckDB alone": (duckdb_alone, {}),
    "DuckDB alone, zstd": (duckdb_alone, {"compression": "zstd"}),
}


MOST_OBJECTS = {"dlt rest_api": 100_000}
"""At 100,000 objects its files of SQL take 7.6 GB of memory to load; ten times as many would not fit here."""


def one(laps: Laps, way: str, company: str, url: str) -> dict[str, Any]:
    """Loads one way into a new folder, which does not outlive it."""
    function, arguments = WAYS[way]
    with tempfile.TemporaryDirectory(dir=Path(company).parent) as keep:
        return function(laps, company, url, keep, **arguments)


def measured(company: Path, url: str, rounds: int, ways: Collection[str] = tuple(WAYS)) -> Results:
    """The ways in turn; the company is served at `url`."""
    works = [Work(way, one, {"way": way, "company": str(company), "url": url}) for way in ways]
    return in_turn(works, rounds)
