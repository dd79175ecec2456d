"""All embedded companies, and the folder they persist in."""

from __future__ import annotations

import datetime as dt
import gc
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pendulum

from .books.company import Company
from .books.documents import Tombstone
from .books.ledger import Ledger
from .books.profile import NAME_LISTS, Profile
from .books.state import SWITCHES
from .clock import PACIFIC
from .folder import POINTER, locked_books
from .life.business import advance
from .life.seed import grow, profiles
from .reports.registry import answer_report

START = pendulum.datetime(2026, 11, 20, 9, tz=PACIFIC)

encoder = msgspec.json.Encoder(decimal_format="number")


class World:
    """Companies by realm id."""

    def __init__(self, companies: dict[str, Company]) -> None:
        self.companies = companies

    @classmethod
    def create(cls, seed: int = 1, now: dt.datetime = START, size: float = 1.0, years: int = 3) -> World:
        """Two companies with years of history that ends now; `size` scales their business."""
        with without_collection():
            return cls({profile.realm_id: grow(profile, now, years) for profile in profiles(seed, size)})

    @classmethod
    def load(cls, folder: Path) -> World:
        """The world as last saved in the folder."""
        pointer = json.loads((folder / POINTER).read_text(encoding="utf-8"))
        books = folder / pointer["books"]
        with without_collection():
            return cls({realm: load_company(books / realm) for realm in pointer["realms"]})

    def advance(self, realm_id: str, days: int) -> None:
        """A company lives on for so many days; business happens on the working ones."""
        advance(self.companies[realm_id], days)

    def report(self, realm_id: str, name: str, params: Mapping[str, str]) -> dict[str, Any]:
        """A company's report as JSON; KeyError for one it does not know."""
        return answer_report(self.companies[realm_id], name, params)

    def save(self, folder: Path) -> None:
        """Writes all books beside the old ones and then points at them, so that a kill leaves one or the other."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        old = [path for path in folder.iterdir() if path.is_dir() and path.name.startswith("books-")]
        number = max((int(path.name.removeprefix("books-")) for path in old), default=0) + 1
        books = folder / f"books-{number:06d}"
        for realm, company in self.companies.items():
            with company.lock:
                save_company(company, books / realm)
        pointer = folder / f"{POINTER}.new"
        write(pointer, json.dumps({"books": books.name, "realms": list(self.companies)}).encode())
        os.replace(pointer, folder / POINTER)
        for path in old:
            shutil.rmtree(path)


@contextmanager
def opened_books(folder: Path, wait: float = 30) -> Iterator[World]:
    """The world that a folder holds, or a new one, for this process alone. Raises BooksInUse."""
    with locked_books(folder, wait):
        if (folder / POINTER).exists():
            yield World.load(folder)
        else:
            world = World.create()
            world.save(folder)
            yield world


@contextmanager
def without_collection() -> Iterator[None]:
    """Books are a million objects and no garbage: looking for cycles took longer than loading them (1.0 s, 0.5 s)."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def save_company(company: Company, folder: Path) -> None:
    """One JSON line per object, one file per entity, and what is not an object in `company.json`."""
    folder.parent.mkdir(mode=0o700, exist_ok=True)  # parents=True would give it the umask's mode
    folder.mkdir(mode=0o700)
    for entity, documents in company.store.items():
        if documents:
            lines = b"".join(encoder.encode([key, form]) + b"\n" for key, form in documents.items())
            write(folder / f"{entity}.jsonl", lines)
    facts: dict[str, Any] = {
        "profile": asdict(company.profile),
        "now": company.clock.now().isoformat(),
        "revision": company.revision,
        "sequences": company.sequences,
        "roles": company.roles,
        **{name: getattr(company, name) for name in SWITCHES},
        "tombstones": [[stone.entity, stone.id, stone.deleted_at.isoformat()] for stone in company.buried],
    }
    write(folder / "company.json", json.dumps(facts, indent=1).encode())


def write(path: Path, content: bytes) -> None:
    with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def load_company(folder: Path) -> Company:
    facts = json.loads((folder / "company.json").read_text(encoding="utf-8"))
    profile = facts["profile"]
    profile["currencies"], profile["lacks"] = tuple(profile["currencies"]), tuple(profile["lacks"])
    company = Company(Profile(**profile), moment(facts["now"]))
    for entity in company.store:
        path = folder / f"{entity}.jsonl"
        if path.exists():
            with open(path, encoding="utf-8") as lines:
                for line in lines:
                    key, form = json.loads(line, parse_float=Decimal, parse_int=Decimal)
                    company.store[entity][key] = form
    for entity in NAME_LISTS:
        for id in company.store[entity]:
            company.index(entity, id)
    company.revision = facts["revision"]
    company.sequences, company.roles = facts["sequences"], facts["roles"]
    for name in facts.keys() & SWITCHES:
        setattr(company, name, facts[name])
    company.buried = [Tombstone(entity, id, moment(at)) for entity, id, at in facts["tombstones"]]
    company.ledger = Ledger.read(company)
    return company


def moment(text: str) -> pendulum.DateTime:
    return pendulum.instance(dt.datetime.fromisoformat(text)).in_timezone("UTC")
