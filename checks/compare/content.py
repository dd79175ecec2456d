"""What an object says, whatever its punctuation: the form in which two versions are compared.

Left out are fields that move without the object changing: copied names in references, stamps, links signed anew in
every answer, and the open balances that a payment line quotes. Balances of lists move too, but they are money and are
compared. A query, change data capture, a read by id and a write answer different sets of fields: those that some
answers lack are compared where both sides have them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from checks.evidence import ZERO
from pipelines.quickbooks.entities import Entity
from pipelines.quickbooks.rows import inner

VOLATILE = {"MetaData", "LineEx", "domain", "sparse", "TempDownloadUri", "ThumbnailTempDownloadUri"}
OF_SOME_ANSWERS = {
    *("ClientEntityId", "V4IDPseudonym"),  # of queries
    *("DeferredRevenue", "BillRate", "CostRate", "InvoiceLink"),  # of reads by id
    *("DefaultTaxCodeRef",),  # of writes
    *("FreeFormAddress",),  # not of what sends a document
}
POSITION = re.compile(r"\[\d+\]")
PLAIN = re.compile(r"(^|\.)(value|Id|SyncToken|TxnId|\w*Date|\w*Type|\w*Status)$")
COUNTERS = {"LineNum", "Level", "SyncToken"}
ABSENT = object()

_decode = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True)
class FieldDifference:
    """One field that differs, by its path, such as `Line[1].Amount`; None where one side lacks it."""

    path: str
    expected: str | None
    actual: str | None
    amount_diff: Decimal | None
    is_text: bool = False

    @property
    def is_money(self) -> bool:
        return self.amount_diff is not None

    @property
    def kind(self) -> str:
        """The path for every position of a list, such as `Line[].Description`."""
        return POSITION.sub("[]", self.path)


class _Posting(msgspec.Struct):
    PostingType: str | None = None


class _Line(msgspec.Struct):
    Amount: Decimal | None = None
    JournalEntryLineDetail: _Posting | None = None

    @property
    def debit(self) -> Decimal:
        detail = self.JournalEntryLineDetail
        return self.Amount or ZERO if detail and detail.PostingType == "Debit" else ZERO


class _Ref(msgspec.Struct):
    value: str | None = None


class _Head(msgspec.Struct):
    TotalAmt: Decimal | None = None
    Amount: Decimal | None = None
    Balance: Decimal | None = None
    CurrentBalance: Decimal | None = None
    TxnDate: str | None = None
    CurrencyRef: _Ref | None = None
    Line: list[_Line] | None = None


@dataclass(frozen=True)
class Money:
    """What an object is worth in its own currency: its total, else its balance; a journal entry's debits.

    `balance` is what is open of it; `month` as in 2026-11, empty for lists.
    """

    amount: Decimal
    balance: Decimal
    month: str
    currency: str


_head = msgspec.json.Decoder(_Head)


def money(entity: Entity, payload: bytes) -> Money:
    """Total, balance, month and currency of an object."""
    head = _head.decode(payload)
    named: tuple[Decimal | None, ...] = (head.TotalAmt, head.Amount, head.Balance, head.CurrentBalance)
    if entity.name == "JournalEntry":
        named = (sum((line.debit for line in head.Line or ()), ZERO),)
    amount = next((value for value in named if value is not None), ZERO)
    currency = head.CurrencyRef.value if head.CurrencyRef else None
    return Money(amount, head.Balance or ZERO, (head.TxnDate or "")[:7], currency or "")


def differences(
    entity: Entity, expected: bytes, actual: bytes, left_out: Collection[str] = ()
) -> list[FieldDifference]:
    """The fields in which QuickBooks's text and ours disagree, without those of the kinds `left_out`."""
    pair = (inner(payload) if entity.wrapped else payload for payload in (expected, actual))
    return [one for one in _compare("", *map(_decode.decode, pair)) if one.kind not in left_out]


def _compare(path: str, expected: object, actual: object) -> Iterator[FieldDifference]:
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name in sorted(expected.keys() | actual.keys()):
            if name in VOLATILE or (name == "name" and "value" in expected):
                continue
            if name in OF_SOME_ANSWERS and not (name in expected and name in actual):
                continue
            inner = f"{path}.{name}" if path else name
            yield from _compare(inner, expected.get(name, ABSENT), actual.get(name, ABSENT))
    elif isinstance(expected, list) and isinstance(actual, list):
        for position in range(max(len(expected), len(actual))):
            pair = (value[position] if position < len(value) else ABSENT for value in (expected, actual))
            yield from _compare(f"{path}[{position}]", *pair)
    elif not _same(expected, actual):
        yield FieldDifference(
            path,
            _shown(path, expected),
            _shown(path, actual),
            _money(path, expected, actual),
            isinstance(expected, str) and isinstance(actual, str) and not PLAIN.search(path),
        )


def _same(expected: object, actual: object) -> bool:
    """A field that is absent and one that is null or an empty list say the same."""
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    nothing: tuple[object, ...] = (ABSENT, None, [], {})
    return expected == actual or (_among(expected, nothing) and _among(actual, nothing))


def _among(value: object, nothing: tuple[object, ...]) -> bool:
    return any(value is one or (isinstance(one, list | dict) and value == one) for one in nothing)


def _money(path: str, expected: object, actual: object) -> Decimal | None:
    """How far apart the amounts are, lines that one side lacks included; None where no amount is involved."""
    if path.rpartition(".")[2] in COUNTERS:
        return None
    amounts = [_total(value) for value in (expected, actual)]
    if all(value is None for value in amounts):
        return None
    return abs((amounts[0] or ZERO) - (amounts[1] or ZERO))


def _total(value: object) -> Decimal | None:
    match value:
        case bool():
            return None
        case int() | Decimal():
            return Decimal(value)
        case {"Amount": int() | Decimal() as inside}:
            return Decimal(inside)
    return None


def _shown(path: str, value: object) -> str | None:
    """Amounts, dates and ids as they are; of people's words the length alone, for differences are published.

    A digest would not do: a telephone number is found by trying them all.
    """
    match value:
        case str() if PLAIN.search(path):
            return value
        case str():
            return f"text of {len(value)} characters"
        case bool() | int() | Decimal():
            return str(value)
        case {"Amount": amount}:
            return f"a line of {amount}"
        case dict() | list():
            return f"{len(value)} fields" if isinstance(value, dict) else f"{len(value)} rows"
    return None
