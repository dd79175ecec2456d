"""What QuickBooks answers, opened only as far as the rows, whose bytes stay exactly as sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import msgspec
import pyarrow as pa
from pendulum import DateTime

from .errors import QuickBooksFault, Throttled, Unreachable
from .exchange import Exchange
from .faults import Envelope, Response, fault_in, fault_in_xml
from .http import Answer
from .statements import MOST_OBJECTS
from .times import utc

ESCAPES = re.compile(
    rb"\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(?P<half>\\u[dD][89a-fA-F][\da-fA-F]{2})|\\."
)
"""Escapes of JSON: a character written as two halves, half of one alone, or any other."""

T = TypeVar("T")
_envelope = msgspec.json.Decoder(Envelope)


class Unreadable(ValueError):
    """The body is no answer to this request. The client turns it into an UnreadableAnswer with its exchange."""


@dataclass(frozen=True)
class QueryAnswer:
    """One page of rows; `total_count` is what `count(*)` asked for, else the server's idea of the page."""

    answered_at: DateTime
    rows: list[msgspec.Raw]
    total_count: int | None = None


@dataclass(frozen=True)
class CdcAnswer:
    """What changed, by the entity that was asked for. Tombstones are among the rows."""

    answered_at: DateTime
    groups: dict[str, list[msgspec.Raw]]

    @property
    def truncated(self) -> bool:
        """The answer is full, so that any group may lack something."""
        return sum(map(len, self.groups.values())) >= MOST_OBJECTS


@dataclass(frozen=True)
class BatchAnswer:
    """Answers by the caller's name for each statement; `answered_at` is the first request's.

    `truncated`: the answer held as many rows as it can, so the queries with rows must be asked again alone.
    """

    answered_at: DateTime
    items: dict[str, QueryAnswer | QuickBooksFault]
    truncated: bool = False


def envelope_of(answer: Answer) -> Envelope:
    """The top level of a JSON answer without a fault. Raises what the answer is otherwise."""
    exchange, status = answer.exchange, answer.exchange.status or 0
    unreadable: Unreadable | None = None
    envelope: Envelope = {}
    if answer.body.lstrip()[:1] == b"<":
        fault = fault_in_xml(answer.body, exchange)
        unreadable = Unreadable("the body is a page, no JSON")
    else:
        fault = None
        try:
            envelope = open_envelope(answer.body)
            fault = fault_in(envelope, exchange)
        except Unreadable as error:
            unreadable = error
    if status == 429 or (fault and fault.is_throttle):
        problem = fault.problem if fault else "too many requests"
        raise Throttled(problem, exchange, retry_after=answer.retry_after)
    if fault:
        raise fault
    if status >= 500:
        raise Unreachable(f"a server error, {answer.reason}", exchange)
    if status >= 400:
        raise QuickBooksFault(exchange, message=answer.reason)
    if status >= 300:
        raise Unreadable(f"a redirect, which is not followed, {answer.reason}")
    if unreadable:
        raise unreadable
    return envelope


def open_envelope(body: bytes) -> Envelope:
    """A JSON body, decoded as far as its rows. Raises Unreadable for anything else, a cut-off body included.

    An emoji that a limit of length cut in two is no JSON, to msgspec and to DuckDB: its half becomes U+FFFD.
    """
    try:
        _check_utf8(body)
        return _envelope.decode(body)
    except UnicodeDecodeError as error:
        raise Unreadable(f"the body is no whole JSON document, {error}") from None
    except msgspec.DecodeError as error:
        mended = ESCAPES.sub(_whole, body)
        if mended != body:
            return open_envelope(mended)
        raise Unreadable(f"the body is no whole JSON document, {error}") from None


def _check_utf8(body: bytes) -> None:
    """Raises UnicodeDecodeError as `body.decode()` does, in a tenth of its time and without making the text."""
    ends = pa.array([0, len(body)], pa.int32()).buffers()[1]
    text = pa.Array.from_buffers(pa.string(), 1, [None, ends, pa.py_buffer(body)])
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        body.decode()


def _whole(escape: re.Match[bytes]) -> bytes:
    return b"\\ufffd" if escape["half"] else escape[0]


def answered_at(envelope: Envelope) -> DateTime:
    """The server's clock in an answer, as UTC. The server leaves out a fraction of zero."""
    time = _member(envelope, "time", str)
    try:
        stamp = datetime.fromisoformat(time)
    except ValueError:
        raise Unreadable(f"the answer's time is {time!r}") from None
    if stamp.tzinfo is None:
        raise Unreadable(f"the answer's time {time!r} has no offset")
    return utc(stamp)


def query_answer(envelope: Envelope, exchange: Exchange) -> QueryAnswer:
    """Rows and count of `{"QueryResponse": {...}, "time": ...}`."""
    return _query(_member(envelope, "QueryResponse", dict), answered_at(envelope), exchange)


def cdc_answer(envelope: Envelope, entities: Sequence[str], exchange: Exchange) -> CdcAnswer:
    """The groups of a CDC answer: one per entity, in the order that was asked. An empty group does not say its name.

    When the answer leaves groups out, only those that say their name can be told apart, and the others are missing.
    """
    responses: list[Response] = []
    for element in _opened(_member(envelope, "CDCResponse", list), Envelope):
        _raise_fault(element, exchange)
        responses += _opened(_member(element, "QueryResponse", list), Response)
    whole = len(responses) == len(entities)
    groups: dict[str, list[msgspec.Raw]] = {entity: [] for entity in entities} if whole else {}
    for position, response in enumerate(responses):
        _raise_fault(response, exchange)
        for name, rows in _row_lists(response).items():
            if name not in entities and not whole:
                raise Unreadable(
                    f"{len(entities)} entities were asked and {len(responses)} answered, among them {name}"
                )
            groups.setdefault(name if name in entities else entities[position], []).extend(rows)
    return CdcAnswer(answered_at(envelope), groups)


def batch_answer(
    envelope: Envelope, names: Mapping[str, str], exchange: Exchange, asked: Mapping[str, str]
) -> BatchAnswer:
    """Every item of a batch by the name that its bId stands for; `asked` has the statements by those names."""
    items = batch_items(envelope, exchange, {bid: asked[name] for bid, name in names.items()})
    if missing := names.keys() - items.keys():
        raise Unreadable(f"{len(missing)} of {len(names)} items are not answered")
    rows = sum(len(item.rows) for item in items.values() if isinstance(item, QueryAnswer))
    return BatchAnswer(
        answered_at(envelope), {name: items[bid] for bid, name in names.items()}, rows >= MOST_OBJECTS
    )


def batch_items(
    envelope: Envelope, exchange: Exchange, asked: Mapping[str, str] | None = None
) -> dict[str, QueryAnswer | QuickBooksFault]:
    """Items of a batch answer by bId; they come in any order. The fault of one names what it asked."""
    when = answered_at(envelope)
    items: dict[str, QueryAnswer | QuickBooksFault] = {}
    for item in _opened(_member(envelope, "BatchItemResponse", list), Envelope):
        bid = _member(item, "bId", str)
        own = replace(exchange, question=f"batch item {(asked or {}).get(bid, bid)}")
        items[bid] = fault_in(item, own) or _batch_query(item, when, own)
    return items


def one_object(envelope: Envelope, body: bytes) -> tuple[DateTime, msgspec.Raw]:
    """The object of a single read, as sent, and when it was read."""
    for name, raw in msgspec.json.decode(body, type=dict[str, msgspec.Raw]).items():
        if name[:1].isupper() and bytes(memoryview(raw)[:1]) == b"{":
            return answered_at(envelope), raw.copy()
    raise Unreadable("the answer holds no object")


def _batch_query(item: Envelope, when: DateTime, exchange: Exchange) -> QueryAnswer | QuickBooksFault:
    try:
        return _query(_member(item, "QueryResponse", dict), when, exchange)
    except QuickBooksFault as inside:
        return inside


def _query(response: Response, when: DateTime, exchange: Exchange) -> QueryAnswer:
    _raise_fault(response, exchange)
    total = response.get("totalCount")
    if not isinstance(total, int | None):
        raise Unreadable(f"the answer counts {total!r} rows")
    return QueryAnswer(when, [row for rows in _row_lists(response).values() for row in rows], total)


def _row_lists(response: Response) -> dict[str, list[msgspec.Raw]]:
    """Rows by the name that they come under. Slices of the answer, they keep it in memory.

    A row that stands outside a list is put together again from its members as sent.
    """
    lists: dict[str, list[msgspec.Raw]] = {}
    for name, member in response.items():
        if not name[:1].isupper() or name == "Warnings":
            continue
        if isinstance(member, list):
            lists[name] = member
        elif isinstance(member, dict):
            lists[name] = [msgspec.Raw(msgspec.json.encode(member))]
    return lists


def _raise_fault(envelope: Envelope | Response, exchange: Exchange) -> None:
    if fault := fault_in(envelope, exchange):
        raise fault


def _member(envelope: Envelope, name: str, type: type[T]) -> T:
    if name not in envelope:
        raise Unreadable(f"the answer has no {name}, only {', '.join(envelope) or 'nothing'}")
    member = envelope[name]
    if not isinstance(member, type):
        raise Unreadable(f"the answer is built differently, its {name} is no {type.__name__}")
    return member


def _opened(raws: Iterable[msgspec.Raw], type: type[T]) -> list[T]:
    try:
        return [msgspec.json.decode(raw, type=type) for raw in raws]
    except msgspec.DecodeError as error:
        raise Unreadable(f"the answer is built differently, {error}") from None
