"""What people see in a browser: the first page, the report, and how things stand, which programs may ask too."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs

import pendulum
from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from pipelines.base.text import as_json
from pipelines.pages import document
from pipelines.serve.access.callers import COOKIE, Caller, require_same_origin
from pipelines.serve.access.refusals import ERRORS, Refused
from pipelines.serve.browser.first_page import first_page, standing
from pipelines.serve.serving import serving_of

router = APIRouter(tags=["pages"], responses=ERRORS)


@router.get("/status", summary="Connections, freshness, last runs, webhooks")
def status(request: Request, caller: Caller) -> Response:
    """As `quickduck status --json`, and what came in by webhook."""
    told = standing(serving_of(request), pendulum.now("UTC"))
    return Response(as_json(told), media_type="application/json")


@router.get("/", summary="The first page", include_in_schema=False)
def home(request: Request) -> Response:
    """Connection, freshness and verdict of each company; whoever has not come in is asked for a key."""
    serving = serving_of(request)
    if not serving.access.is_inside(request):
        return _page("serve/enter", 401, keys=bool(serving.access.keys))
    told = first_page(serving, pendulum.now("UTC"))
    return _page("serve/home", told=told, environment=serving.settings.environment)


@router.get("/enter", include_in_schema=False)
def enter(request: Request, link: str = "") -> Response:
    """The link that the server printed: lets this browser in."""
    return _entered(request, serving_of(request).access.enter(request, link=link or "none"))


@router.post("/enter", include_in_schema=False)
async def enter_by_key(request: Request) -> Response:
    """The form of the first page: a key lets this browser in."""
    require_same_origin(request)
    form = parse_qs((await request.body()).decode("utf-8", "replace"))
    return _entered(request, serving_of(request).access.enter(request, key=form.get("key", [""])[0].strip()))


@router.get("/report", include_in_schema=False)
def report(request: Request, caller: Caller) -> Response:
    """The charts of the last run."""
    return _file(serving_of(request).home.report)


@router.get("/checks", include_in_schema=False)
def checks(request: Request, caller: Caller) -> Response:
    """The verdict of the last run, check by check."""
    return _file(serving_of(request).home.reports / "checks.html")


def _entered(request: Request, visit: str) -> Response:
    """Lax, so that the browser is known when Intuit sends it back."""
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
