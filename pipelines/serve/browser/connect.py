"""Signing companies in and out by browser: the same OAuth as `quickduck login`, at addresses of this server."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from pipelines.connect import sign_in as oauth
from pipelines.connect.authorize import authorize_link, new_state
from pipelines.connect.browser import Awaited
from pipelines.connect.connector import Connector
from pipelines.connect.emulator import served_at
from pipelines.serve.access.callers import Caller, require_same_origin
from pipelines.serve.access.refusals import ERRORS, said
from pipelines.serve.api.parameters import Realm
from pipelines.serve.serving import Serving, serving_of
from pipelines.serve.webhooks.events import Event
from pipelines.workspace.settings import DEFAULT_REDIRECT_URI, Environment, Settings

router = APIRouter(
    tags=["sign-in"],
    responses=ERRORS
    | {
        403: {"description": "Sent by a page of another site."},
        409: {"description": "No such company is signed in here."},
        503: {"description": "Intuit does not answer, or a setting is missing."},
    },
)


@router.get("/login", summary="Begin a sign-in at Intuit", status_code=303, response_class=RedirectResponse)
def login(request: Request, caller: Caller) -> Response:
    """Sends the browser to Intuit's page, which sends it back to `/callback`."""
    serving = serving_of(request)
    reached = _reached(serving)
    settings = replace(reached, redirect_uri=redirect_uri(reached, request))
    state = new_state()
    link = authorize_link(settings, state)

    def end(came: Mapping[str, str]) -> str:
        realm_id = oauth.finish(Connector.of(serving.home, settings), came)
        now = datetime.now(UTC)
        first = Event(realm_id, "CompanyInfo", realm_id, "connected", now.isoformat(timespec="microseconds"))
        with suppress(sqlite3.Error):  # the night reads it all the same
            serving.inbox.put([first], now).result()
        serving.worker.forgive(realm_id)
        serving.emulator.close()
        return realm_id

    serving.sign_ins.begin(state, Awaited(state, end))
    return RedirectResponse(link, 303)


@router.get("/callback", summary="Where Intuit sends the browser back to", include_in_schema=False)
def callback(request: Request) -> Response:
    """Exchanges the code, once, for a `state` that `/login` gave out; shows no token."""
    serving = serving_of(request)
    status, title, text = serving.sign_ins.answer(dict(parse_qsl(request.url.query)))
    return said(request, status, text, title=title)


@router.post("/disconnect", summary="End a company's sign-in, at Intuit and here")
def disconnect(request: Request, caller: Caller, realm_id: Realm) -> Response:
    """Revokes the connection and forgets its tokens; its books stay."""
    require_same_origin(request)
    serving = serving_of(request)
    revoked = oauth.sign_out(Connector.of(serving.home, _reached(serving)), realm_id)
    told = "" if revoked else " Intuit knew of no such connection any more."
    return said(
        request,
        200,
        f"Company {realm_id} is disconnected; its books stay where they are.{told}",
        title="Disconnected",
    )


def redirect_uri(settings: Settings, request: Request) -> str:
    """The one of the settings; where they leave it as it is shipped, this server's own."""
    if settings.redirect_uri != DEFAULT_REDIRECT_URI:
        return settings.redirect_uri
    port = request.scope["server"][1]
    return f"http://localhost:{port}/callback"


def _reached(serving: Serving) -> Settings:
    """Settings whose addresses answer; those of an embedded company do so for a moment."""
    if serving.settings.environment is Environment.EMBEDDED and not serving.settings.api_url:
        return served_at(serving.settings, serving.emulator.url())
    return serving.settings
