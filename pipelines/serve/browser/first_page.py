"""How things stand: connections, freshness, verdicts and webhooks, for the first page and for programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from pendulum import DateTime

from pipelines.base.errors import ConfigurationError, QuickduckError
from pipelines.base.text import percent
from pipelines.connect.connector import Connector
from pipelines.connect.expiry import SignInStatus, signin_status
from pipelines.pages.status import CompanyStatus, ago, read_status, told
from pipelines.serve.api.books import ask, books
from pipelines.serve.serving import Serving
from pipelines.workspace.settings import Environment


@dataclass(frozen=True)
class CompanyOnPage:
    """One company as people read it; empty where nothing is known."""

    realm_id: str
    name: str
    as_of: str
    connected: bool
    connection: str
    warning: str
    synced: str
    verdict: str
    accuracy: str
    run: str
    error: str
    waiting: int


def standing(serving: Serving, now: DateTime) -> dict[str, Any]:
    """What `quickduck status --json` tells, and the webhooks: waiting by company, last received, last run for them."""
    found = told(serving.home, now)
    pending = serving.inbox.pending()
    last = serving.worker.last
    found["webhooks"] = {
        "waiting": {one.realm_id: one.count for one in pending},
        "waiting_since": min((one.oldest_received_at for one in pending), default=None),
        "last_received_at": serving.inbox.last_received_at(),
        "last_run": asdict(last) if last else None,
    }
    return found


def first_page(serving: Serving, now: DateTime) -> dict[str, Any]:
    """Every company that is connected, published, or was run."""
    found = read_status(serving.home, now)
    runs = {company.realm_id: company for company in found.companies}
    published = _published(serving)
    sign_ins, problem = _sign_ins(serving, now)
    waiting = {one.realm_id: one.count for one in serving.inbox.pending()}
    companies = [
        _company(
            realm_id,
            serving,
            now,
            runs.get(realm_id),
            sign_ins.get(realm_id),
            published.get(realm_id),
            waiting,
        )
        for realm_id in sorted(runs.keys() | published.keys() | sign_ins.keys())
    ]
    last = serving.inbox.last_received_at()
    return {
        "companies": companies,
        "problem": problem,
        "source": found.source,
        "report": serving.home.report.exists(),
        "checks": (serving.home.reports / "checks.html").exists(),
        "last_webhook": last and last[:16].replace("T", " "),
    }


def _company(
    realm_id: str,
    serving: Serving,
    now: DateTime,
    run: CompanyStatus | None,
    sign_in: SignInStatus | None,
    published: tuple[str, str] | None,
    waiting: dict[str, int],
) -> CompanyOnPage:
    is_embedded = serving.settings.environment is Environment.EMBEDDED
    return CompanyOnPage(
        realm_id=realm_id,
        name=published[0] if published else "",
        as_of=published[1] if published else "",
        connected=bool(sign_in and not sign_in.has_ended),
        connection=_connection(sign_in, is_embedded),
        warning=sign_in.warning if sign_in and not is_embedded else "",
        synced=_synced(run, now, is_embedded),
        verdict=run.verdict if run else "",
        accuracy=percent(run.accuracy) if run else "",
        run=ago(run.started_at, now) if run else "",
        error=(run.error or "") if run else "",
        waiting=waiting.get(realm_id, 0),
    )


def _connection(sign_in: SignInStatus | None, is_embedded: bool) -> str:
    if is_embedded:
        return "an embedded company, which every run signs itself in to"
    if sign_in is None:
        return "not signed in"
    if sign_in.has_ended:
        return "the sign-in has run out"
    days = sign_in.refresh_days_left
    return "signed in" if days is None else f"signed in, for {days} days unless a run renews it"


def _synced(run: CompanyStatus | None, now: DateTime, is_embedded: bool) -> str:
    if run is None or run.synced_at is None:
        return "never"
    minute = run.synced_at.in_timezone("UTC").format("YYYY-MM-DD HH:mm [UTC]")
    return f"{minute}, {'by its own clock' if is_embedded else ago(run.synced_at, now)}"


def _sign_ins(serving: Serving, now: DateTime) -> tuple[dict[str, SignInStatus], str]:
    """By company; and why there are none where the token file cannot be opened."""
    try:
        store = Connector.of(serving.home, serving.settings).tokens
        return {one.realm_id: one for one in signin_status(store, lambda: now)}, ""
    except ConfigurationError as error:
        return {}, str(error)


def _published(serving: Serving) -> dict[str, tuple[str, str]]:
    """Name and day of each published company; a setting may leave the name out."""
    try:
        with books(serving.home) as file:
            rows = ask(file, "from core.companies", {})
    except QuickduckError:
        return {}
    return {row["realm_id"]: (row.get("company_name") or "", str(row["as_of_date"])) for row in rows}
