"""The query language: `SELECT … FROM … WHERE … ORDERBY … STARTPOSITION … MAXRESULTS …` into a `Query`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from ..wire.fault_codes import Fault

Value = str | Decimal | bool


class Condition(NamedTuple):
    """`property operator values`; only IN has several values."""

    property: str
    operator: str
    values: tuple[Value, ...]


class Sort(NamedTuple):
    """One property of ORDERBY."""

    property: str
    descending: bool


@dataclass
class Query:
    """A parsed statement; names are still spelled as asked. `columns` is empty for `*`."""

    entity: str = ""
    columns: list[str] = field(default_factory=list)
    count: bool = False
    where: list[Condition] = field(default_factory=list)
    order: list[Sort] = field(default_factory=list)
    start: int | None = None
    limit: int | None = None


class Token(NamedTuple):
    kind: str
    text: str
    line: int
    column: int


KEYWORDS = {
    "select", "from", "where", "and", "in", "like", "order", "orderby", "by", "asc", "desc",
    "startposition", "maxresults", "true", "false", "current_date",
}  # fmt: skip

_TOKEN = re.compile(
    r"""(?P<skip>\s+)
      | (?P<STRING>'(?:[^'\\]|\\.)*')
      | (?P<NUMBER>-?\d+(?:\.\d+)?)
      | (?P<IDENTIFIER>[A-Za-z_][A-Za-z0-9_.]*)
      | (?P<operator><=|>=|[=<>(),*])
    """,
    re.VERBOSE | re.DOTALL,
)
_TYPOGRAPHY = re.compile("[\u2000-\u206f]")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def parse(statement: str) -> Query:
    """The query in a statement; raises `Fault` 4000 where the grammar ends, 4001 for impossible positions."""
    return _Parser(statement).query()


def _tokens(text: str) -> Iterator[Token]:
    position, line, line_start = 0, 1, 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        odd = _TYPOGRAPHY.search(match[0]) if match else None
        if match is None or odd:
            at = match.start() + odd.start() if match and odd else position
            raise _lexical(text, at, line, at - line_start + 1)
        kind = match.lastgroup or ""
        if kind != "skip":
            word = match[0].lower()
            yield Token(
                word if kind == "operator" or word in KEYWORDS else kind,
                match[0],
                line,
                position - line_start + 1,
            )
        for offset, character in enumerate(match[0]):
            if character == "\n":
                line, line_start = line + 1, position + offset + 1
        position = match.end()
    yield Token("<EOF>", "", line, len(text) - line_start + 1)


def _lexical(text: str, at: int, line: int, column: int) -> Fault:
    character = text[at]
    shown = character if 32 <= ord(character) < 127 else f"\\u{ord(character):04x}"
    before = text[max(0, at - 20) : at]
    return Fault(
        "4000",
        f"QueryParserError: Invalid content. Lexical error at line {line}, column {column}. "
        f'Encountered: "{shown}" ({ord(character)}), after : "{before}"',
    )


class _Parser:
    def __init__(self, text: str) -> None:
        self._rest = _tokens(text)
        self._next = next(self._rest)

    def query(self) -> Query:
        query = Query()
        self._take("select")
        if self._accept("*"):
            pass
        elif self._next.kind == "IDENTIFIER" and self._next.text.lower() == "count":
            self._advance()
            self._take("(")
            self._take("*")
            self._take(")")
            query.count = True
        else:
            query.columns.append(self._take("IDENTIFIER", "*").text)
            while self._accept(","):
                query.columns.append(self._take("IDENTIFIER").text)
        self._take("from")
        query.entity = self._take("IDENTIFIER").text
        if self._accept("where"):
            query.where.append(self._condition())
            while self._accept("and"):
                query.where.append(self._condition())
        if self._accept("orderby") or (self._accept("order") and self._take("by")):
            query.order.append(self._sort())
            while self._accept(","):
                query.order.append(self._sort())
        self._paging(query)
        return query

    def _paging(self, query: Query) -> None:
        while not self._accept("<EOF>"):
            expected = [
                word
                for word, value in (("startposition", query.start), ("maxresults", query.limit))
                if value is None
            ]
            if not query.where and not query.order:
                expected.insert(0, "where")
            if not query.order:
                expected += ["and"] if query.where else []
                expected += ["order", "orderby"]
            keyword = self._take("<EOF>", *expected, only=("startposition", "maxresults"))
            number = self._take("NUMBER")
            if "." in number.text:
                raise self._unexpected(number, ["INTEGER"])
            if keyword.kind == "startposition":
                query.start = int(number.text)
            else:
                query.limit = int(number.text)

    def _condition(self) -> Condition:
        name = self._take("IDENTIFIER").text
        operator = self._take("=", "<", ">", "<=", ">=", "in", "like").kind
        if operator != "in":
            return Condition(name, operator, (self._value(),))
        self._take("(")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        self._take(")")
        return Condition(name, operator, tuple(values))

    def _value(self) -> Value:
        token = self._take("STRING", "NUMBER", "true", "false", "current_date")
        match token.kind:
            case "STRING":
                return _ESCAPE.sub(r"\1", token.text[1:-1])
            case "NUMBER":
                return Decimal(token.text)
            case "current_date":
                return "CURRENT_DATE"
        return token.kind == "true"

    def _sort(self) -> Sort:
        name = self._take("IDENTIFIER").text
        descending = self._accept("desc")
        if not descending:
            self._accept("asc")
        return Sort(name, descending)

    def _advance(self) -> Token:
        token = self._next
        if token.kind != "<EOF>":
            self._next = next(self._rest)
        return token

    def _accept(self, kind: str) -> bool:
        if self._next.kind != kind:
            return False
        self._advance()
        return True

    def _take(self, *expected: str, only: tuple[str, ...] = ()) -> Token:
        if self._next.kind not in (only or expected) or (only and self._next.kind not in expected):
            raise self._unexpected(self._next, expected)
        return self._advance()

    def _unexpected(self, token: Token, expected: tuple[str, ...] | list[str]) -> Fault:
        shown = '"<EOF>"' if token.kind == "<EOF>" else f'" {_shown(token.kind)} "{token.text} ""'
        head = "one of:" if len(expected) > 1 else ":"
        wanted = "".join(f"\n    {_shown(kind)} ..." for kind in expected)
        return Fault(
            "4000",
            f"QueryParserError: Encountered {shown} at line {token.line}, column {token.column}.\n"
            f"Was expecting {head}{wanted}",
        )


def _shown(kind: str) -> str:
    if kind.startswith("<E"):
        return kind
    return f"<{kind}>" if kind.isupper() else f'"{kind}"'
