"""The state of connections, companies and webhooks, for the first page and for programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

from pendulum import DateTime

from pipelines.base.errors import ConfigurationError, QuickduckError
from pipelines.base.text import percent
from pipelines.connect.connector import Connector
from pipelines.connect.expiry import SignInStatus, signin_status
from pipelines.pages.status import CompanyStatus, read_status, status_values
from pipelines.pages.status_screen import ago
from pipelines.serve.api.books import ask, books
from pipelines.serve.webhooks.inbox import Inbox
from pipelines.serve.webhooks.worker import Worker
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Environment, Settings


@dataclass(frozen=True)
class CompanyOnPage:
    """One company in words for people; a field is empty when nothing is known."""

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


@dataclass(frozen=True)
class FirstPage:
    """What the first page and `/status` are made of: a data folder, and what serve holds of webhooks."""

    home: Home
    settings: Settings
    inbox: Inbox
    worker: Worker

    def status(self, now: DateTime, may_see: Callable[[str], bool]) -> dict[str, Any]:
        """What `quickduck status --json` has, and the webhooks: waiting by company, last received, last run.

        Of companies that the caller may not see it says nothing.
        """
        pending = [one for one in self.inbox.pending() if may_see(one.realm_id)]
        last = self.worker.last
        if last:
            seen = {realm_id: code for realm_id, code in last.exit_codes.items() if may_see(realm_id)}
            last = replace(last, exit_codes=seen)
        values = status_values(self.home, now)
        for name in ("companies", "sign_ins"):
            values[name] = [one for one in values[name] if may_see(one["realm_id"])]
        return values | {
            "webhooks": {
                "waiting": {one.realm_id: one.count for one in pending},
                "waiting_since": min((one.oldest_received_at for one in pending), default=None),
                "last_received_at": self.inbox.last_received_at(),
                "last_run": asdict(last) if last else None,
            }
        }

    def values(self, now: DateTime, may_see: Callable[[str], bool]) -> dict[str, Any]:
        """Every company that is connected, published, or was run, and what the page leads to.

        Of companies that the visitor may not see it says nothing.
        """
        status = read_status(self.home, now)
        runs = {company.realm_id: company for company in status.companies}
        published = _published(self.home)
        sign_ins, problem = _sign_ins(self.home, self.settings, now)
        waiting = {one.realm_id: one.count for one in self.inbox.pending()}
        last = self.inbox.last_received_at()
        return {
            "companies": [
                self._company(
                    realm_id,
                    now,
                    runs.get(realm_id),
                    sign_ins.get(realm_id),
                    published.get(realm_id, ("", "")),
                    waiting.get(realm_id, 0),
                )
                for realm_id in sorted(runs.keys() | published.keys() | sign_ins.keys())
                if may_see(realm_id)
            ],
            "problem": problem,
            "source": status.source,
            "environment": self.settings.environment,
            "report": self.home.report.exists(),
            "checks": (self.home.reports / "checks.html").exists(),
            "last_webhook": last and last[:16].replace("T", " "),
        }

    def _company(
        self,
        realm_id: str,
        now: DateTime,
        run: CompanyStatus | None,
        sign_in: SignInStatus | None,
        published: tuple[str, str],
        waiting: int,
    ) -> CompanyOnPage:
        is_embedded = self.settings.environment is Environment.EMBEDDED
        name, as_of = published
        return CompanyOnPage(
            realm_id=realm_id,
            name=name,
            as_of=as_of,
            connected=bool(sign_in and not sign_in.has_ended),
            connection=_connection(sign_in, is_embedded),
            warning=sign_in.warning if sign_in and not is_embedded else "",
            synced=_synced(run, now, is_embedded),
            verdict=run.verdict if run else "",
            accuracy=percent(run.accuracy) if run else "",
            run=ago(run.started_at, now) if run else "",
            error=(run.error or "") if run else "",
            waiting=waiting,
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


def _sign_ins(home: Home, settings: Settings, now: DateTime) -> tuple[dict[str, SignInStatus], str]:
    """The sign-ins by company, and why there are none if the token file cannot be opened."""
    try:
        store = Connector.of(home, settings).tokens
        return {one.realm_id: one for one in signin_status(store, lambda: now)}, ""
    except ConfigurationError as error:
        return {}, str(error)


def _published(home: Home) -> dict[str, tuple[str, str]]:
    """Name and day of each published company; a setting may leave the name out."""
    try:
        with books(home) as file:
            rows = ask(file, "from core.companies", {})
    except QuickduckError:
        return {}
    return {row["realm_id"]: (row.get("company_name") or "", str(row["as_of_date"])) for row in rows}
