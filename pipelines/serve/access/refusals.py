"""Answers to what goes wrong: each is a sentence, and never shows where in the code it happened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.pages.document import page
from pipelines.quickbooks.errors import SignInNeeded
from pipelines.workspace.exits import ON_PURPOSE

ERRORS: dict[int | str, dict[str, Any]] = {
    401: {"description": "A key is missing or wrong."},
    403: {"description": "The key is not for this, or not for this company."},
    422: {"description": "A parameter is none that is taken."},
    429: {"description": "Too many requests; Retry-After says when."},
}
"""Refusals of every endpoint that asks for a key, for the description of the API."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # without any, a browser calls the origin of our own forms null
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""What a browser may do with an answer: nothing but show it."""


class Refused(Exception):
    """A request is refused with this status and sentence."""

    def __init__(self, status: int, sentence: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.headers = dict(headers or {})


def add_to(app: FastAPI) -> None:
    """Makes the app answer the exceptions that are raised in it."""

    async def refused(request: Request, error: Any) -> Response:
        return sentence_answer(request, error.status, str(error), error.headers)

    async def http(request: Request, error: Any) -> Response:
        """The framework found no such address or method."""
        return sentence_answer(request, error.status_code, f"{error.detail}.", error.headers)

    async def invalid(request: Request, error: Any) -> Response:
        problems = [f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in error.errors()]
        return sentence_answer(request, 422, "; ".join(problems))

    async def on_purpose(request: Request, error: Any) -> Response:
        """Our errors are written for people, so that whoever asks over HTTP can read them too."""
        return sentence_answer(request, 409 if isinstance(error, SignInNeeded) else 503, str(error))

    async def cut_off(request: Request, error: Any) -> Response:
        """The sender left before the end of the body, so nobody reads this answer."""
        return sentence_answer(request, 400, "The body was cut off.")

    async def unforeseen(request: Request, error: Any) -> Response:
        return sentence_answer(request, 500, "Something went wrong here; the server's log says what.")

    app.add_exception_handler(Refused, refused)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, invalid)
    for root in ON_PURPOSE:
        app.add_exception_handler(root, on_purpose)
    app.add_exception_handler(ClientDisconnect, cut_off)
    app.add_exception_handler(Exception, unforeseen)


def sentence_answer(
    request: Request, status: int, sentence: str, headers: Mapping[str, str] | None = None, title: str = ""
) -> Response:
    """A sentence as a page for a browser, as `{"error": …}` or `{"done": …}` for a program."""
    if "text/html" in request.headers.get("accept", ""):
        heading = title or ("Done" if status < 400 else "That did not work")
        html = page("message", title="quickduck", heading=heading, sentence=sentence)
        return Response(html, status, dict(headers or {}), "text/html")
    answer = {"done" if status < 400 else "error": sentence}
    return Response(msgspec.json.encode(answer), status, dict(headers or {}), "application/json")


class SafeHeaders:
    """Adds these headers to every answer, refusals included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_guarded)
