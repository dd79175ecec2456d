"""A company of any size: the embedded one's books, copied as often as it takes.

Every copy has customers, vendors and transactions of its own, which refer to each other; accounts, items and the other
lists are shared. So the books stay books: their reports are those of one copy, with customers repeated and totals
multiplied.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.embedded.reports.receivables import aged_receivables
from pipelines.embedded.reports.statements import trial_balance
from pipelines.embedded.wire.encoding import encode
from pipelines.embedded.world import START, World
from pipelines.quickbooks.entities import BY_NAME, Kind

COPIED = {"Customer", "Vendor", "Attachable"} | {
    entity.name
    for entity in BY_NAME.values()
    if entity.kind is Kind.TRANSACTION and entity.name != "RecurringTransaction"
}
REFERENCES = ("CustomerRef", "VendorRef", "EntityRef", "Entity")
NAMES = ("DisplayName", "FullyQualifiedName", "DocNumber")
APART = 10_000_000  # between the ids of two copies
SPAN = dt.timedelta(days=730)
GOLDEN = 0.618033988749895  # spreads any number of copies evenly over the span

MARK = re.compile(r"§(\d*)§")
STAMPS = re.compile(r'"CreateTime":"([^"]+)","LastUpdatedTime":"([^"]+)"')


def of(objects: int, folder: Path) -> Path:
    """The company of about so many objects, made when it is not there yet; a folder of `<Entity>.ndjson`."""
    made = folder / f"company-{objects}"
    if not made.exists():
        aside = folder / f"{made.name}.new"
        shutil.rmtree(aside, ignore_errors=True)
        subprocess.run([sys.executable, "-m", __name__, str(objects), str(aside)], check=True)
        aside.rename(made)
    return made


def facts(company: Path) -> dict[str, Any]:
    """How many copies and objects, and the reports of all of them."""
    found: dict[str, Any] = json.loads((company / "facts.json").read_text())
    return found


def _make(objects: int, folder: Path) -> None:
    books = next(iter(World.create(seed=7, years=2).companies.values()))
    store = {entity: documents for entity, documents in books.store.items() if entity in BY_NAME}
    copies = max(1, round(objects / sum(map(len, store.values()))))
    folder.mkdir(parents=True)
    made = 0
    for entity, documents in store.items():
        if entity == "Account":
            documents = {id: _balanced(account, copies) for id, account in documents.items()}
        templates = [encode(_marked(document, entity, top=True)).decode() for document in documents.values()]
        many = copies if entity in COPIED else 1
        rows = sorted(_copied(text, copy) for text in templates for copy in range(many))
        made += len(rows)
        if rows:
            with open(folder / f"{entity}.ndjson", "w", encoding="utf-8") as file:
                file.writelines(f"{text}\n" for _, text in rows)
    day = {"report_date": books.today(), "aging_method": "Report_Date"}
    year = {"start_date": f"{books.today()[:4]}-01-01", "end_date": books.today()}
    aging, balances = aged_receivables(books, day), trial_balance(books, year)
    aging["Rows"]["Row"][:-1] = [
        _of_copy(row, copy) for row in aging["Rows"]["Row"][:-1] for copy in range(copies)
    ]
    aging["Rows"]["Row"][-1] = _times(aging["Rows"]["Row"][-1], copies)
    balances["Rows"]["Row"] = [_times(row, copies) for row in balances["Rows"]["Row"]]
    said = {"objects": made, "AgedReceivables": aging, "TrialBalance": balances}
    (folder / "facts.json").write_text(json.dumps(said))


def _marked(value: Any, entity: str, *, top: bool = False) -> Any:
    """A document with its own id, those it refers to and its names marked, if it is one that is copied."""
    if entity not in COPIED or not isinstance(value, dict | list):
        return value
    if isinstance(value, list):
        return [_marked(item, entity) for item in value]
    found = {key: _marked(item, entity) for key, item in value.items()}
    own = ("ParentRef",) if entity in ("Customer", "Vendor") else ()
    for key in found.keys() & {*REFERENCES, *own}:
        if "value" in found[key]:
            found[key] = {**found[key], "value": f"§{found[key]['value']}§"}
    if "TxnId" in found:
        found["TxnId"] = f"§{found['TxnId']}§"
    if found.get("Name") == "txnId":
        found["Value"] = f"§{found['Value']}§"
    if top:
        found["Id"] = f"§{found['Id']}§"
        for key in found.keys() & {*NAMES}:
            found[key] = f"{found[key]}§§"
    return found


def _copied(template: str, copy: int) -> tuple[str, str]:
    """When it changed last, as text that sorts, and the copy's document."""
    text = MARK.sub(lambda mark: _id(mark[1], copy) if mark[1] else f" {copy}" if copy else "", template)
    stamps = STAMPS.search(text)
    if not stamps:
        raise ValueError(f"an object without stamps: {text[:200]}")
    created, updated = map(dt.datetime.fromisoformat, stamps.groups())
    if copy:
        earlier = dt.timedelta(seconds=int(copy * GOLDEN % 1 * SPAN.total_seconds()))
        if updated - earlier < START - SPAN:
            earlier -= SPAN
        created, updated = created - earlier, updated - earlier
        moved = f'"CreateTime":"{created.isoformat()}","LastUpdatedTime":"{updated.isoformat()}"'
        text = f"{text[: stamps.start()]}{moved}{text[stamps.end() :]}"
    return updated.astimezone(dt.UTC).isoformat(), text


def _balanced(account: dict[str, Any], copies: int) -> dict[str, Any]:
    """An account with the balance of all copies."""
    return {key: item * copies if key.startswith("CurrentBalance") else item for key, item in account.items()}


def _id(id: str, copy: int) -> str:
    return str(int(id) + copy * APART)


def _of_copy(row: Any, copy: int) -> Any:
    """A report's row, or rows, about the customers of one copy."""
    if isinstance(row, list):
        return [_of_copy(item, copy) for item in row]
    if isinstance(row, dict):
        return {
            key: _id(item, copy) if key == "id" and item else _of_copy(item, copy)
            for key, item in row.items()
        }
    return row


def _times(row: Any, copies: int) -> Any:
    """A report's row whose amounts are those of all copies."""
    if isinstance(row, list):
        return [_times(item, copies) for item in row]
    if isinstance(row, dict):
        return {
            key: str(Decimal(item) * copies) if key == "value" and _is_amount(item) else _times(item, copies)
            for key, item in row.items()
        }
    return row


def _is_amount(value: str) -> bool:
    return bool(re.fullmatch(r"-?\d+\.\d\d", value))


if __name__ == "__main__":
    _make(int(sys.argv[1]), Path(sys.argv[2]))
