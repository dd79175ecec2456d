"""How a scripted fault looks to the client: an answer in place of the right one, or the right one spoilt."""

from __future__ import annotations

import re
import time

from pendulum import DateTime

from ..wire.encoding import encode, to_xml
from ..wire.fault_codes import NO_CACHE, Fault, gateway, throttled
from ..wire.messages import Answer
from .script import Scripted
from .switches import Switches


def instead(scripted: Scripted, now: DateTime, switches: Switches) -> Answer:
    """The answer sent in place of the right one; nothing has happened behind it."""
    if scripted.kind == "reset":
        return Answer(reset=True)
    if scripted.kind == "empty":
        return Answer(b"", scripted.status or 200, "application/json")
    if scripted.kind in ("429", "429_xml"):
        answer = throttled(now, scripted.retry_after)
    elif scripted.kind in ("401", "401_xml"):
        answer = gateway("3200", "Token expired: AB01…", now)
    elif scripted.kind == "403":
        answer = gateway("3100", "ApplicationAuthorizationFailed", now)
    elif scripted.kind == "504":
        answer = gateway("7001", "The gateway timed out", now)
    elif scripted.kind == "lowercase":
        answer = gateway(scripted.code, scripted.detail, now, scripted.status)
    elif scripted.kind in ("502", "maintenance"):
        answer = _html(scripted)
    elif scripted.kind == "token":
        answer = _token_error(scripted)
    elif scripted.kind in ("500", "503", "fault", "fault200"):
        status = scripted.status or {"500": 500, "503": 503, "fault200": 200}.get(scripted.kind)
        if status is None and scripted.code == "120":
            status = switches.status_of_code_120
        answer = Fault(scripted.code, scripted.detail, "").answer(now, status)
    else:
        raise ValueError(f"{scripted.kind} spoils an answer and replaces none")
    if scripted.kind.endswith("_xml"):
        answer = Answer(to_xml(answer.body), answer.status, "application/xml;charset=utf-8", answer.headers)
    if scripted.retry_after is not None:
        answer.headers["Retry-After"] = str(scripted.retry_after)
    return answer


def spoil(scripted: Scripted, answer: Answer) -> Answer:
    """The right answer, delivered wrongly."""
    match scripted.kind:
        case "lost":
            answer.reset = True
        case "truncated":
            answer.cut = True
        case "cut_json":
            answer.body = answer.body[: len(answer.body) // 2]
        case "slow":
            answer.pieces, answer.pause = 2, scripted.seconds
        case "trickle":
            answer.pieces, answer.pause = 100, scripted.seconds
        case "delay":
            time.sleep(scripted.seconds)
        case "no_total":
            answer.body = re.sub(rb',?"totalCount":\d+', b"", answer.body)
        case "xml":
            answer.body, answer.content_type = to_xml(answer.body), "application/xml;charset=utf-8"
    return answer


def _html(scripted: Scripted) -> Answer:
    status, title = (502, "502 Bad Gateway") if scripted.kind == "502" else (200, "Down for maintenance")
    page = f"<html><head><title>{title}</title></head><body><center><h1>{title}</h1></center></body></html>"
    return Answer(page.encode(), scripted.status or status, "text/html;charset=utf-8", dict(NO_CACHE))


def _token_error(scripted: Scripted) -> Answer:
    if scripted.status and scripted.status >= 500:
        return Answer(b"<html><body>Service Unavailable</body></html>", scripted.status, "text/html")
    body = {"error": scripted.error}
    if scripted.error == "invalid_grant":
        body["error_description"] = "Incorrect or invalid refresh token"
    return Answer(encode(body), scripted.status or 400)
