"""The shape of an entity's documents, by the fields that its mapping takes, for DuckDB and for msgspec."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from typing import Annotated, Any

import msgspec

from pipelines.base.sqltext import identifier
from pipelines.quickbooks.times import stamp
from transforms.engine import mapping
from transforms.engine.mapping import MONEY, PARSED, StagingTable

LEAVES: dict[str, Any] = {
    "VARCHAR": str | int | float | bool,  # any scalar: DuckDB reads 5 and "5" as the same text
    "BIGINT": Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)],
    "BOOLEAN": bool,
    "DATE": datetime.date,
    "JSON": Any,
    "TIMESTAMPTZ": Annotated[datetime.datetime, msgspec.Meta(tz=True)],
}

LARGEST = 10.0**13
"""Amounts, quantities and rates from here on are no business: their sums and products would fit no column."""

DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")

DATED = re.compile(r"(\d{4}-\d\d-\d\d)(?:Z|[T+-].*)")  # a date with a time of day, or with an offset

_exact = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True)
class Shape:
    """The typed fields we take from an entity's documents; other fields stay in raw."""

    entity: str
    fields: dict[str, Any]

    @cached_property
    def structure(self) -> str:
        """The structure argument of DuckDB's `from_json`."""
        return json.dumps(self.fields, separators=(",", ":"))

    @cached_property
    def decoder(self) -> msgspec.json.Decoder[Any]:
        """Refuses a document in which `from_json` would turn something present into NULL."""
        return msgspec.json.Decoder(_type(self.fields, self.entity), strict=False)

    def fault(self, payload: str) -> str | None:
        """Why a document cannot be read, with the path of the first bad field, or None for a good one."""
        try:
            self.decoder.decode(payload)
        except msgspec.DecodeError as error:
            return str(error)
        return None

    def amended(self, payload: str) -> str:
        """The document with its dates and blanks in the form that the shape wants, if they have another.

        A date may have a time or an offset, a time may lack its offset, and an absent value may be an empty text.
        """
        return _encoder.encode(_amended(_exact.decode(payload), self.fields)).decode()

    def without_large_numbers(self, payload: str) -> str:
        """The document without the amounts, quantities and rates that no column holds."""
        return _encoder.encode(_without_large(_exact.decode(payload), self.fields)).decode()

    @cached_property
    def excess_decimals(self) -> str:
        """SQL that counts the amounts of `document` with more than two decimals."""
        return " + ".join(_excess(self.fields, "document", 0)) or "0"


@cache
def read(entity: str) -> Shape:
    """Shape of an entity, from its mapping."""
    fields: dict[str, Any] = {}
    for table in mapping.read(entity):
        _take(fields, table)
    wrapped = mapping.read(entity)[0].wrapped
    return Shape(entity, dict.fromkeys(wrapped, fields) if wrapped else fields)


def _take(fields: dict[str, Any], table: StagingTable) -> None:
    """Adds the fields of a table. A line inside another line has all its fields but those of a bundle."""
    for array in table.each.values():
        fields = _at(fields, f"{array}[]")
    for column in table.columns.values():
        for path in column.paths:
            *objects, name = path.split(".")
            _at(fields, ".".join(objects))[name] = PARSED[column.type]
    if table.bundles:
        bundle, _ = table.bundles.split(".")
        _at(fields, f"{table.bundles}[]").update({key: fields[key] for key in fields if key != bundle})


def _at(fields: dict[str, Any], path: str) -> dict[str, Any]:
    """The object at a path, created if it does not exist; `[]` or `[1]` behind a name means one of an array."""
    for name in filter(None, path.split(".")):
        field, array, _ = name.partition("[")
        inner = fields.setdefault(field, [{}] if array else {})
        fields = inner[0] if array else inner
    return fields


def _type(shape: Any, name: str) -> Any:
    if isinstance(shape, dict):
        fields = [(key, _type(value, key), None) for key, value in shape.items()]
        return msgspec.defstruct(name, fields, gc=False) | None
    if isinstance(shape, list):
        return list[_type(shape[0], name)] | None  # type: ignore[misc]
    return (LEAVES.get(shape) or _number(shape)) | None


def _amended(value: Any, shape: Any) -> Any:
    if isinstance(value, dict) and isinstance(shape, dict):
        amended = {key: _amended(value[key], inner) for key, inner in shape.items() if key in value}
        return value | amended
    if isinstance(value, list) and isinstance(shape, list):
        return [_amended(one, shape[0]) for one in value]
    if not isinstance(value, str) or shape == "VARCHAR":
        return value
    if shape == "DATE" and (dated := DATED.fullmatch(value)):
        return dated[1]
    if shape == "TIMESTAMPTZ" and (moment := stamp(value)):
        return moment.isoformat()
    return value if value.strip() else None


def _without_large(value: Any, shape: Any) -> Any:
    if isinstance(value, dict) and isinstance(shape, dict):
        return value | {
            key: _without_large(value[key], inner) for key, inner in shape.items() if key in value
        }
    if isinstance(value, list) and isinstance(shape, list):
        return [_without_large(one, shape[0]) for one in value]
    is_number = (
        isinstance(value, int | float | Decimal) and isinstance(shape, str) and DECIMAL.fullmatch(shape)
    )
    return None if is_number and abs(value) >= _bound(shape) else value


def _number(decimal: str) -> Any:
    bound = _bound(decimal)
    return Annotated[float, msgspec.Meta(gt=-bound, lt=bound)]


def _bound(decimal: str) -> float:
    match = DECIMAL.fullmatch(decimal)
    if match is None:
        raise ValueError(f"a shape knows {', '.join(LEAVES)} and DECIMAL(width,scale), not {decimal}")
    return min(LARGEST, 10.0 ** (int(match[1]) - int(match[2])))


def _excess(shape: Any, path: str, depth: int) -> Iterator[str]:
    if shape == MONEY:
        yield f"coalesce(({path} <> round({path}, 2))::bigint, 0)"
    elif isinstance(shape, dict):
        for key, value in shape.items():
            yield from _excess(value, f"{path}.{identifier(key)}", depth)
    elif isinstance(shape, list):
        element = f"element_{depth}"
        if inner := " + ".join(_excess(shape[0], element, depth + 1)):
            yield f"coalesce(list_sum(list_transform({path}, lambda {element}: {inner})), 0)::bigint"
