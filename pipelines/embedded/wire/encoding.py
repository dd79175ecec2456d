"""How values look on the wire: JSON numbers with their decimals, Pacific time, XML for who asks for none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import msgspec
from pendulum import DateTime

from ..clock import PACIFIC

SCHEMA = "http://schema.intuit.com/finance/v3"

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def encode(value: Any) -> bytes:
    """JSON text; a Decimal keeps the digits it has: 362.10 stays 362.10."""
    return _ENCODER.encode(value)


def stamp(now: DateTime) -> str:
    """`2026-05-05T05:16:21.718-07:00`; the fraction is left out when it is .000, as QuickBooks does."""
    local = now.in_timezone(PACIFIC)
    return local.isoformat(timespec="milliseconds" if local.microsecond >= 1000 else "seconds")


def instant(text: str) -> float:
    """Seconds since 1970 of an ISO stamp with `Z` or an offset; without either it is Pacific time."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC)).timestamp()


def group(entity: str, rows: Iterable[bytes], start: int, count: int, total: int | None) -> bytes:
    """The inside of one QueryResponse; `{}` without rows."""
    if not count:
        return b"{}"
    tail = f'],"startPosition":{start},"maxResults":{count}'
    if total is not None:
        tail += f',"totalCount":{total}'
    return b'{"%b":[%b%b}' % (entity.encode(), b",".join(rows), tail.encode())


def envelope(name: str, inside: bytes, now: DateTime) -> bytes:
    """`{"<name>": <inside>, "time": …}`."""
    return b'{"%b":%b,"time":"%b"}' % (name.encode(), inside, stamp(now).encode())


def to_xml(body: bytes) -> bytes:
    """The same answer as XML, in QuickBooks's schema."""
    answer: dict[str, Any] = msgspec.json.decode(body)
    time = answer.pop("time", None)
    attribute = f" time={quoteattr(str(time))}" if time is not None else ""
    inside = "".join(part for name, value in answer.items() for part in _element(name, value))
    text = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<IntuitResponse xmlns="{SCHEMA}"{attribute}>{inside}</IntuitResponse>'
    )
    return text.encode()


_ATTRIBUTES = {
    "domain",
    "sparse",
    "startPosition",
    "maxResults",
    "totalCount",
    "type",
    "code",
    "element",
    "status",
}


def _element(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _element(name, item)
    elif isinstance(value, dict):
        reference = set(value) <= {"value", "name"} and "value" in value
        attributes = "".join(
            f" {key}={quoteattr(_text(item))}"
            for key, item in value.items()
            if (key == "name" if reference else key in _ATTRIBUTES and not isinstance(item, dict | list))
        )
        if reference:
            yield f"<{name}{attributes}>{escape(_text(value['value']))}</{name}>"
            return
        children = (
            part for key, item in value.items() if key not in _ATTRIBUTES for part in _element(key, item)
        )
        yield f"<{name}{attributes}>{''.join(children)}</{name}>"
    elif value is not None:
        yield f"<{name}>{escape(_text(value))}</{name}>"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
