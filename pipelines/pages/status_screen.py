"""The screen of `quickduck status`: how fresh each company is, how its last run went, what the month has cost."""

from __future__ import annotations

from pendulum import DateTime

from pipelines.base.errors import ConfigurationError
from pipelines.base.text import as_json, percent, table
from pipelines.connect.expiry import SignInStatus, stored_sign_ins
from pipelines.connect.token_store import environment_of
from pipelines.pages.status import MONTHLY_CALLS, CompanyStatus, MonthOfCalls, read_status, status_values
from pipelines.workspace.home import Home


def status_of(home: Home, now: DateTime, *, to_json: bool = False) -> str:
    """The screen of `quickduck status`, or the same as JSON."""
    if to_json:
        return as_json(status_values(home, now))
    status = read_status(home, now)
    by_own_clock = _is_embedded(home)
    lines = [status.source]
    if status.companies:
        rows = [_row(company, now, by_own_clock=by_own_clock) for company in status.companies]
        lines += table(("company", "synced up to", "accuracy", "last run", "verdict", "open as of"), rows)
        lines += [f"{company.realm_id}: {company.error}" for company in status.companies if company.error]
        lines += [
            f"{company.realm_id}: QuickBooks no longer offers {', '.join(company.no_longer_offered)}; what was read of "
            "them stays."
            for company in status.companies
            if company.no_longer_offered
        ]
        lines += ["", *_calls(status.calls)]
    return "\n".join(lines + _sign_ins(home, now))


def _is_embedded(home: Home) -> bool:
    """Whether the companies have clocks of their own, so that the age of their data is unknown."""
    try:
        return environment_of(home.tokens) == "embedded"
    except ConfigurationError:  # the lines about the sign-ins say so
        return False


def _row(company: CompanyStatus, now: DateTime, *, by_own_clock: bool) -> tuple[object, ...]:
    synced = "never"
    if company.synced_at:
        age = "by its own clock" if by_own_clock else ago(company.synced_at, now)
        synced = f"{_minute(company.synced_at)}, {age}"
    run = f"{_minute(company.started_at)}, {ago(company.started_at, now)}"
    open_as_of = company.open_as_of or "never"
    return company.realm_id, synced, percent(company.accuracy), run, company.verdict, open_as_of


def ago(then: DateTime, now: DateTime) -> str:
    """An age in words; the server's clock may be a little ahead of ours."""
    return "just now" if then >= now else f"{now.diff_for_humans(then, absolute=True)} ago"


def _calls(calls: MonthOfCalls) -> list[str]:
    """A batch counts as one call; whether Intuit meters its items instead, it does not say."""
    return [
        f"Calls in {calls.start.format('MMMM YYYY')}: {calls.total:,} of the {MONTHLY_CALLS:,} a month that Intuit "
        f"gives the app for all its companies ({calls.total / MONTHLY_CALLS:.2%}).",
        f"{calls.batches:,} of them were batches of {calls.batch_items:,} items in all: should Intuit meter each "
        f"item, it is {calls.most:,} ({calls.most / MONTHLY_CALLS:.2%}).",
    ]


def _sign_ins(home: Home, now: DateTime) -> list[str]:
    try:
        sign_ins = stored_sign_ins(home.tokens, lambda: now)
    except ConfigurationError as error:
        return ["", str(error)]
    if not sign_ins:
        return []
    return [
        "",
        *table(("sign-in of", "ends unused in", "ends for good in"), map(_sign_in, sign_ins)),
        *(f"warning: {one.warning}" for one in sign_ins if one.warning),
    ]


def _sign_in(status: SignInStatus) -> tuple[str, str, str]:
    return status.realm_id, _days(status.refresh_days_left), _days(status.hard_days_left)


def _days(left: int | None) -> str:
    return "not known yet" if left is None else f"{left:,} days"


def _minute(moment: DateTime) -> str:
    return moment.in_timezone("UTC").format("YYYY-MM-DD HH:mm [UTC]")
