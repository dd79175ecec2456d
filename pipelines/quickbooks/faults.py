"""Faults as QuickBooks sends them: two JSON envelopes and one of XML."""

from __future__ import annotations

import html
import re

import msgspec

from .errors import AUTHENTICATION_CODES, QuickBooksFault
from .exchange import Exchange

Value = list[msgspec.Raw] | str | int | float | bool | None
Response = dict[str, Value | dict[str, msgspec.Raw]]
Envelope = dict[str, Value | Response]
"""A JSON object opened in one pass as far as the rows of a page, whose text stays as it came; each pass costs 1 ms."""

_TOKEN = re.compile(r"(token[^:]*:\s*)\S*[\w-]{16,}\S*", re.IGNORECASE)
_XML_FAULT = re.compile(
    r"\s*(?:<\?xml[^>]*\?>)?\s*(?:<IntuitResponse\b[^>]*>)?\s*(?P<fault><Fault\b.*)", re.DOTALL
)
_XML_ERROR = re.compile(r'<Error\b[^>]*\bcode="(?P<code>[^"]*)"(?P<rest>.*?)</Error>', re.DOTALL)
_XML_ELEMENT = re.compile(r'\belement="([^"]*)"')


def fault_in(envelope: Envelope | Response, exchange: Exchange) -> QuickBooksFault | None:
    """The fault an envelope carries, in capitals (the API) or lower case (its gateway), whatever the status."""
    fault = msgspec.json.decode(msgspec.json.encode(envelope.get("Fault", envelope.get("fault"))))
    if fault is None:
        return None
    if not isinstance(fault, dict):
        return QuickBooksFault(exchange, message=str(fault))
    errors = fault.get("Error") or fault.get("error") or [{}]
    first = {
        name.lower(): value for name, value in (errors if isinstance(errors, dict) else errors[0]).items()
    }
    code = str(first.get("code") or "")
    return QuickBooksFault(
        exchange,
        code=code,
        type=str(fault.get("type") or ""),
        message=_without_token(str(first.get("message") or ""), code),
        detail=_without_token(str(first.get("detail") or ""), code),
        element=first.get("element") or None,
    )


def fault_in_xml(body: bytes, exchange: Exchange) -> QuickBooksFault | None:
    """The fault that an XML page is; gateways send one though JSON was asked for.

    A fault further inside belongs to an item of a batch and not to the page.
    """
    page = _XML_FAULT.match(body[:20_000].decode(errors="replace"))
    error = _XML_ERROR.search(page["fault"]) if page else None
    if page is None or error is None:
        return None
    type = re.search(r'<Fault\b[^>]*\btype="([^"]*)"', page["fault"])
    element = _XML_ELEMENT.search(error.group())
    code = error["code"]
    return QuickBooksFault(
        exchange,
        code=code,
        type=type[1] if type else "",
        message=_without_token(_xml_text(error["rest"], "Message"), code),
        detail=_without_token(_xml_text(error["rest"], "Detail"), code),
        element=element[1] if element else None,
    )


def _without_token(text: str, code: str) -> str:
    """The text without the token, which a fault about a token quotes: "Token expired: <the token>"."""
    return _TOKEN.sub(r"\1…", text) if code in AUTHENTICATION_CODES else text


def _xml_text(text: str, name: str) -> str:
    element = re.search(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
    return html.unescape(element[1]).strip() if element else ""
