"""Signing companies in and out by browser: the same OAuth as `quickduck login`, at addresses of this server."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from pipelines.connect import sign_in as oauth
from pipelines.connect.authorize import authorize_link, new_state
from pipelines.connect.browser import Awaited
from pipelines.connect.connector import Connector
from pipelines.connect.emulator import served_at
from pipelines.serve.access.callers import Access, require_same_origin
from pipelines.serve.access.keys import Scope
from pipelines.serve.access.refusals import ERRORS, sentence_answer
from pipelines.serve.api.parameters import Realm
from pipelines.serve.browser.embedded_company import EmbeddedCompanyOnDemand
from pipelines.serve.browser.sign_ins import SignIns
from pipelines.serve.webhooks.events import Event
from pipelines.serve.webhooks.inbox import Inbox
from pipelines.workspace.home import Home
from pipelines.workspace.settings import DEFAULT_REDIRECT_URI, Environment, Settings


@dataclass(frozen=True)
class SignInPages:
    """The endpoints of a sign-in; `retry` lets a company that failed be run again at once."""

    home: Home
    settings: Settings
    inbox: Inbox
    retry: Callable[[str], object]
    embedded_company: EmbeddedCompanyOnDemand
    sign_ins: SignIns = field(default_factory=SignIns)

    def login(self, request: Request) -> Response:
        """Sends the browser to Intuit's page, which sends it back to `/callback`."""
        reached = self._reached()
        settings = replace(reached, redirect_uri=redirect_uri(reached, request))
        state = new_state()
        link = authorize_link(settings, state)

        def end(parameters: Mapping[str, str]) -> str:
            realm_id = oauth.finish(Connector.of(self.home, settings), parameters)
            now = datetime.now(UTC)
            first = Event(
                realm_id, "CompanyInfo", realm_id, "connected", now.isoformat(timespec="microseconds")
            )
            with suppress(sqlite3.Error):  # the night reads it all the same
                self.inbox.put([first], now).result()
            self.retry(realm_id)
            self.embedded_company.close()
            return realm_id

        self.sign_ins.begin(state, Awaited(state, end))
        return RedirectResponse(link, 303)

    def callback(self, request: Request) -> Response:
        """Exchanges the code, once, for a `state` that `/login` gave out; shows no token."""
        status, title, text = self.sign_ins.answer(dict(parse_qsl(request.url.query)))
        return sentence_answer(request, status, text, title=title)

    def disconnect(self, request: Request, realm_id: Realm) -> Response:
        """Revokes the connection and forgets its tokens; its books stay."""
        require_same_origin(request)
        was_known = oauth.sign_out(Connector.of(self.home, self._reached()), realm_id)
        rest = "" if was_known else " Intuit knew of no such connection any more."
        return sentence_answer(
            request,
            200,
            f"Company {realm_id} is disconnected; its books stay where they are.{rest}",
            title="Disconnected",
        )

    def _reached(self) -> Settings:
        """Settings whose addresses answer; for an embedded company without an address it is started."""
        if self.settings.environment is Environment.EMBEDDED and not self.settings.api_url:
            return served_at(self.settings, self.embedded_company.url())
        return self.settings


def make_router(pages: SignInPages, access: Access) -> APIRouter:
    """The routes of a sign-in; only Intuit's way back asks for no key."""
    router = APIRouter(
        tags=["sign-in"],
        responses=ERRORS
        | {
            403: {"description": "Sent by a page of another site, or the key is not for this."},
            409: {"description": "No such company is signed in here."},
            503: {"description": "Intuit does not answer, or a setting is missing."},
        },
    )
    router.get(
        "/login",
        summary="Begin a sign-in at Intuit",
        status_code=303,
        response_class=RedirectResponse,
        dependencies=[access.by_key(Scope.MANAGE, every_company=True)],
    )(pages.login)
    router.get("/callback", summary="Where Intuit sends the browser back to", include_in_schema=False)(
        pages.callback
    )
    router.post(
        "/disconnect",
        summary="End a company's sign-in, at Intuit and here",
        dependencies=[access.by_key(Scope.MANAGE)],
    )(pages.disconnect)
    return router


def redirect_uri(settings: Settings, request: Request) -> str:
    """The redirect address of the settings; if they leave the default, this server's own."""
    if settings.redirect_uri != DEFAULT_REDIRECT_URI:
        return settings.redirect_uri
    port = request.scope["server"][1]
    return f"http://localhost:{port}/callback"
