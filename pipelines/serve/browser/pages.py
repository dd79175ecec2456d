"""What people see in a browser: the first page, the report and the checks; and `/status`, for programs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

import pendulum
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from pipelines.base.text import as_json
from pipelines.pages import document
from pipelines.serve.access.callers import COOKIE, Access, require_same_origin
from pipelines.serve.access.keys import Scope
from pipelines.serve.access.known_parameters import require_known_parameters
from pipelines.serve.access.refusals import ERRORS, Refused
from pipelines.serve.browser.first_page import FirstPage


@dataclass(frozen=True)
class Pages:
    """The endpoints that people open; `content` is what the first page shows."""

    content: FirstPage
    access: Access

    def status(self, request: Request) -> Response:
        """As `quickduck status --json`, and what came in by webhook, of the companies that the key is for."""
        status = self.content.status(pendulum.now("UTC"), request.state.key.may_see)
        return Response(as_json(status), media_type="application/json")

    def home(self, request: Request) -> Response:
        """Connection, freshness and verdict of each company; whoever has not come in is asked for a key."""
        visitor = self.access.visitor(request)
        if visitor is None:
            return _page("serve/enter", 401, keys=bool(self.access.keys))
        return _page(
            "serve/home",
            it=self.content.values(pendulum.now("UTC"), visitor.may_see),
            manages=Scope.MANAGE in visitor.scopes,
            sees_all=not visitor.realm_ids,
        )

    def enter(self, request: Request, link: str = "") -> Response:
        """The link that the server printed: lets this browser in."""
        return _let_in(request, self.access.enter(request, link=link or "none"))

    async def enter_by_key(self, request: Request) -> Response:
        """The form of the first page: a key lets this browser in."""
        require_same_origin(request)
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        return _let_in(request, self.access.enter(request, key=form.get("key", [""])[0].strip()))

    def report(self) -> Response:
        """The charts of the last run."""
        return _file(self.content.home.report)

    def checks(self) -> Response:
        """The verdict of the last run, check by check."""
        return _file(self.content.home.reports / "checks.html")


def make_router(content: FirstPage, access: Access) -> APIRouter:
    """The routes of these pages; the first page asks for a key itself."""
    pages = Pages(content, access)
    router = APIRouter(tags=["pages"], responses=ERRORS)
    known, every_company = Depends(require_known_parameters), access.by_key(every_company=True)
    router.get(
        "/status", summary="Connections, freshness, last runs, webhooks", dependencies=[access.by_key()]
    )(pages.status)
    router.get("/", summary="The first page", include_in_schema=False, dependencies=[known])(pages.home)
    router.get("/enter", include_in_schema=False, dependencies=[known])(pages.enter)
    router.post("/enter", include_in_schema=False, dependencies=[known])(pages.enter_by_key)
    router.get("/report", include_in_schema=False, dependencies=[every_company])(pages.report)
    router.get("/checks", include_in_schema=False, dependencies=[every_company])(pages.checks)
    return router


def _let_in(request: Request, visit: str) -> Response:
    """The cookie is lax, so that the browser is known when Intuit sends it back."""
    response = RedirectResponse("/", 303)
    response.set_cookie(COOKIE, visit, httponly=True, samesite="lax", secure=request.url.scheme == "https")
    return response


def _file(path: Path) -> Response:
    if not path.exists():
        raise Refused(404, "No run has written this page yet.")
    return Response(path.read_bytes(), media_type="text/html; charset=utf-8")


def _page(template: str, status: int = 200, **values: object) -> Response:
    html = document.page(template, title="quickduck", **values)
    return Response(html, status, media_type="text/html; charset=utf-8")
