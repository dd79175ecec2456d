"""Faults as QuickBooks sends them: two JSON envelopes and one of XML."""

from __future__ import annotations

import html
import re
from typing import Any

import msgspec

from .errors import AUTHENTICATION_CODES, QuickBooksFault

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


def fault_in(envelope: Envelope | Response, **known: Any) -> QuickBooksFault | None:
    """The fault an envelope carries, in capitals (the API) or lower case (its gateway), whatever the status.

    `known` is what the fault has to say beside: realm_id, request, http_status, intuit_tid.
    """
    fault = msgspec.json.decode(msgspec.json.encode(envelope.get("Fault", envelope.get("fault"))))
    if fault is None:
        return None
    if not isinstance(fault, dict):
        return _fault(code="", type="", message=str(fault), detail="", element=None, **known)
    errors = fault.get("Error") or fault.get("error") or [{}]
    first = {
        name.lower(): value for name, value in (errors if isinstance(errors, dict) else errors[0]).items()
    }
    return _fault(
        code=str(first.get("code") or ""),
        type=str(fault.get("type") or ""),
        message=str(first.get("message") or ""),
        detail=str(first.get("detail") or ""),
        element=first.get("element") or None,
        **known,
    )


def fault_in_xml(body: bytes, **known: Any) -> QuickBooksFault | None:
    """The fault that an XML page is; gateways send one though JSON was asked for.

    A fault further inside is a batch item's and not the page's.
    """
    whole = _XML_FAULT.match(body[:20_000].decode(errors="replace"))
    error = _XML_ERROR.search(whole["fault"]) if whole else None
    if whole is None or error is None:
        return None
    text = whole["fault"]
    type = re.search(r'<Fault\b[^>]*\btype="([^"]*)"', text)
    element = _XML_ELEMENT.search(error.group())
    return _fault(
        code=error["code"],
        type=type[1] if type else "",
        message=_xml_text(error["rest"], "Message"),
        detail=_xml_text(error["rest"], "Detail"),
        element=element[1] if element else None,
        **known,
    )


def _fault(*, code: str, message: str, detail: str, **known: Any) -> QuickBooksFault:
    if code in AUTHENTICATION_CODES:  # "Token expired: <the token>"
        message, detail = _TOKEN.sub(r"\1…", message), _TOKEN.sub(r"\1…", detail)
    return QuickBooksFault(code=code, message=message, detail=detail, **known)


def _xml_text(text: str, name: str) -> str:
    found = re.search(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
    return html.unescape(found[1]).strip() if found else ""
