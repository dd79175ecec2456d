"""What of an object an answer shows: a query, a read by id and the next answer differ under one stamp."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from .entities import BY_NAME

Row = dict[str, Any]

# Custom fields beyond the three classic ones have definitions from here on.
NEWER_DEFINITIONS = 1_000_000_000
EVERY_FIELD = "enhancedAllCustomFields"


@dataclass
class View:
    """How the answer being made shows objects.

    `every_custom_field`: the request's `include` asks for those beyond the three classic ones.
    `signature`: what signs the links to files in this answer; without one there are no links.
    """

    every_custom_field: bool = False
    signature: str = ""

    def changes(self, entity: str) -> bool:
        """Whether the next answer shows the same object otherwise."""
        return bool(self.signature) and entity == "Attachable"


def in_query(entity: str, row: Row, view: View) -> Row:
    return shown(entity, row, view, BY_NAME[entity].only_in_reads)


def in_read(entity: str, row: Row, view: View) -> Row:
    return shown(entity, row, view, BY_NAME[entity].only_in_queries)


def shown(entity: str, row: Row, view: View, hidden: tuple[str, ...]) -> Row:
    """The row itself where nothing is to be left out or added."""
    if any(name in row for name in hidden):
        row = {name: value for name, value in row.items() if name not in hidden}
    if not view.every_custom_field and any(map(is_newer, row.get("CustomField", ()))):
        row = {**row, "CustomField": [field for field in row["CustomField"] if not is_newer(field)]}
    if view.changes(entity) and "FileName" in row:
        row = {**row, "TempDownloadUri": link(row["Id"], "", view.signature)}
        if row.get("ContentType", "").startswith("image/"):
            row["ThumbnailTempDownloadUri"] = link(row["Id"], "thumbnail/", view.signature)
    return row


def is_newer(field: Row) -> bool:
    return int(field.get("DefinitionId", 0)) >= NEWER_DEFINITIONS


def link(id: str, kind: str, signature: str) -> str:
    """A link to a file that opens for a quarter of an hour."""
    signed = hashlib.sha256(f"{kind}{id}/{signature}".encode()).hexdigest()[:40]
    return f"https://files.embedded.example/{kind}{id}?Expires=900&Signature={signed}"
