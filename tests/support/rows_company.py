"""A tiny company of plain rows, and a client that is signed in to it over a real socket."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pendulum
import requests

from pipelines.embedded.api.server import EmbeddedServer
from pipelines.embedded.clock import Clock, stamp

NOW = pendulum.datetime(2026, 11, 20, 9, tz="America/Los_Angeles")


@dataclass
class Gone:
    entity: str
    id: str
    deleted_at: pendulum.DateTime


@dataclass
class RowsCompany:
    """Rows without any accounting behind them."""

    realm_id: str
    clock: Clock = field(default_factory=lambda: Clock(NOW))
    lacking: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.revision = 0
        self.rows: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        self.gone: list[Gone] = []

    def put(self, entity: str, id: str, at: str | None = None, **fields: Any) -> dict[str, Any]:
        """Adds or replaces a row, last updated `at` a stamp or now."""
        when = at or stamp(self.clock.now())
        row = {
            "Id": id,
            "SyncToken": "0",
            "domain": "QBO",
            "sparse": False,
            "MetaData": {"CreateTime": when, "LastUpdatedTime": when},
            **fields,
        }
        self.rows[entity][id] = row
        self.revision += 1
        return row

    def drop(self, entity: str, id: str) -> None:
        del self.rows[entity][id]
        self.gone.append(Gone(entity, id, self.clock.now()))
        self.revision += 1

    def objects(self, entity: str) -> list[dict[str, Any]]:
        return list(self.rows[entity].values())

    def get(self, entity: str, id: str) -> dict[str, Any] | None:
        return self.rows[entity].get(id)

    def tombstones(self) -> list[Gone]:
        return self.gone

    def supports(self, entity: str) -> bool:
        return entity not in self.lacking

    def report(self, name: str, params: Mapping[str, str]) -> dict[str, Any]:
        return {"Header": {"ReportName": {"AgedReceivables": name}[name], "Option": dict(params)}}


@dataclass
class RowsWorld:
    companies: dict[str, RowsCompany]
    saved: list[Path] = field(default_factory=list)

    def advance(self, realm_id: str, days: int) -> None:
        self.companies[realm_id].clock.advance(days=days)

    def report(self, realm_id: str, name: str, params: Mapping[str, str]) -> dict[str, Any]:
        return self.companies[realm_id].report(name, params)

    def save(self, folder: Path) -> None:
        self.saved.append(folder)


class Client(requests.Session):
    """A session that is signed in to one company."""

    def __init__(self, server: EmbeddedServer, realm_id: str) -> None:
        super().__init__()
        self.base = f"{server.url}/v3/company/{realm_id}"
        self.headers["Accept"] = "application/json"
        self.headers["Authorization"] = f"Bearer {server.grant(realm_id)['access_token']}"

    def ask(self, statement: str) -> requests.Response:
        headers = {"Content-Type": "application/text"}
        return self.post(f"{self.base}/query", data=statement.encode(), headers=headers, timeout=10)

    def rows(self, statement: str) -> dict[str, Any]:
        """The inside of QueryResponse of a query that works."""
        answer = self.ask(statement)
        assert answer.status_code == 200, answer.text
        return answer.json(parse_float=Decimal)["QueryResponse"]

    def ids(self, entity: str, rest: str = "") -> list[str]:
        found = self.rows(f"SELECT * FROM {entity} {rest}")
        return [row["Id"] for row in found.get(entity, [])]

    def refused(self, statement: str) -> dict[str, Any]:
        """The error of a query that is refused with HTTP 400."""
        answer = self.ask(statement)
        assert answer.status_code == 400, answer.text
        return answer.json()["Fault"]["Error"][0]

    def changes(self, entities: str, since: str) -> requests.Response:
        return self.get(f"{self.base}/cdc", params={"entities": entities, "changedSince": since}, timeout=10)

    def batch(self, *items: dict[str, Any]) -> requests.Response:
        return self.post(f"{self.base}/batch", json={"BatchItemRequest": list(items)}, timeout=10)
