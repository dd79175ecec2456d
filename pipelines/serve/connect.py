"""Signing companies in and out by browser: the same OAuth as `quickduck login`, at addresses of this server."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from pipelines import signin
from pipelines.authorize import authorize_link, new_state
from pipelines.box import serving as box
from pipelines.callback import Awaited
from pipelines.quickbooks import connection
from pipelines.serve.access import Caller, require_same_origin
from pipelines.serve.events import Event
from pipelines.serve.parameters import Realm
from pipelines.serve.refusals import said
from pipelines.serve.serving import Serving
from pipelines.settings import DEFAULT_REDIRECT_URI, Environment, Settings

SECONDS_IN_THE_BOX = 20.0
"""A company in a box grants at once; longer, and it would be in the way of a run."""

router = APIRouter(tags=["sign-in"])


@router.get("/login", summary="Begin a sign-in at Intuit", status_code=303, response_class=RedirectResponse)
def login(request: Request, caller: Caller) -> Response:
    """Sends the browser to Intuit's page, which sends it back to `/callback`."""
    serving: Serving = request.app.state.serving
    with ExitStack() as stack:
        reached = stack.enter_context(_reached(serving))
        settings = replace(reached, redirect_uri=redirect_uri(reached, request))
        state = new_state()
        link = authorize_link(settings, state)

        def end(came: Mapping[str, str]) -> str:
            realm_id = signin.finish(settings, connection.store(serving.home, settings), came)
            event = Event(realm_id, "CompanyInfo", realm_id, "connected")
            serving.inbox.put([event], datetime.now(UTC)).result()
            serving.worker.forgive(realm_id)
            return realm_id

        serving.sign_ins.begin(state, Awaited(state, end), until_ended := stack.pop_all())
    if not serving.settings.api_url:
        at_last = threading.Timer(SECONDS_IN_THE_BOX, until_ended.close)
        at_last.daemon = True
        at_last.start()
    return RedirectResponse(link, 303)


@router.get("/callback", summary="Where Intuit sends the browser back to", include_in_schema=False)
def callback(request: Request) -> Response:
    """Exchanges the code, once, for a `state` that `/login` gave out; shows no token."""
    serving: Serving = request.app.state.serving
    status, title, text = serving.sign_ins.answer(dict(parse_qsl(request.url.query)))
    return said(request, status, text, title=title)


@router.post("/disconnect", summary="End a company's sign-in, at Intuit and here")
def disconnect(request: Request, caller: Caller, realm_id: Realm) -> Response:
    """Revokes the connection and forgets its tokens; its books stay."""
    require_same_origin(request)
    serving: Serving = request.app.state.serving
    with _reached(serving) as settings:
        revoked = signin.logout(settings, connection.store(serving.home, settings), realm_id)
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


@contextmanager
def _reached(serving: Serving) -> Iterator[Settings]:
    """Settings whose addresses answer: a company in a box is started for as long as this lasts."""
    if serving.settings.environment is Environment.EMBEDDED and not serving.settings.api_url:
        with box(serving.home) as url:
            yield serving.settings.served_at(url)
    else:
        yield serving.settings
