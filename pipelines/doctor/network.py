"""What `quickduck doctor` asks over the network: whether servers answer, what their clock says, and one read each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import requests
from cryptography.fernet import Fernet
from pendulum import DateTime

from pipelines.base.errors import QuickduckError
from pipelines.connect.companies import granted
from pipelines.connect.connector import Connector
from pipelines.connect.emulator import held_books, serving
from pipelines.connect.token_store import TokenStore
from pipelines.doctor.finding import Finding, Verdict, check, ok, warning
from pipelines.quickbooks.client import QuickBooks
from pipelines.quickbooks.retries import Retries
from pipelines.quickbooks.session import new_session, why
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Settings

PATIENCE = (5.0, 15.0)  # seconds to connect, and to wait for an answer
MOST_SKEW = 300
IMPATIENT = Retries(attempts=2, throttles=0)


class NoAnswer(QuickduckError):
    """An address at which nobody answers."""


class _Company(msgspec.Struct):
    name: str = msgspec.field(name="CompanyName", default="without a name")


def intuit(
    settings: Settings, store: TokenStore | None, realm_ids: Iterable[str], clock: Callable[[], DateTime]
) -> Iterator[Finding]:
    """Whether the addresses answer, and, when they do, whether each of these sign-ins works."""
    yield (api := api_address(settings.api_url))
    yield (grants := token_address(settings.token_url))
    if api.verdict is not Verdict.FAILED:
        yield clock_skew(settings.api_url, clock)
    if store and Verdict.FAILED not in (api.verdict, grants.verdict):
        for realm_id in realm_ids:
            yield company_read(realm_id, settings, store, clock)


@check
def api_address(url: str) -> Finding:
    """Does the API answer? Without a sign-in it answers with a refusal, which will do."""
    return _answers(url)


@check
def token_address(url: str) -> Finding:
    """Does the address answer at which access tokens are renewed?"""
    return _answers(url)


@check
def clock_skew(url: str, clock: Callable[[], DateTime]) -> Finding:
    """Do the clocks agree? Rows are stamped by the server's; whether a token has run out is judged by ours."""
    date = _get(url).headers.get("Date", "")
    try:
        skew = (parsedate_to_datetime(date) - clock()).total_seconds()
    except (ValueError, TypeError):
        return ok("The server does not say what time it is.")
    if abs(skew) > MOST_SKEW:
        return warning(
            f"This machine's clock is {abs(skew):,.0f} s {'behind' if skew > 0 else 'ahead of'} the server's.",
            "Set it (NTP): tokens are renewed by it.",
        )
    return ok(f"{abs(skew):.0f} s from the server's clock.")


@check
def company_read(
    realm_id: str, settings: Settings, store: TokenStore, clock: Callable[[], DateTime]
) -> Finding:
    """Can the company be read? Its access token is renewed and stored if it has run out, as in every run."""
    with Connector(settings, store).open_client(realm_id, clock=clock, retries=IMPATIENT) as company:
        return ok(f"Company {realm_id} is {_name(company)!r}; this cost one call.")


@check
def embedded_company(home: Home, settings: Settings) -> Finding:
    """Does the embedded company start and answer? It serves a copy of the books, and the sign-in is stored aside."""
    with (
        TemporaryDirectory(prefix="quickduck-doctor-") as folder,
        _server(home, settings, Path(folder)) as url,
    ):
        store = TokenStore(Path(folder) / "tokens", Fernet.generate_key())
        connector = granted(Connector(settings, store), url)
        names = [_name(connector.open_client(realm_id)) for realm_id in connector.realm_ids]
    return ok(
        f"The embedded company {'answers' if settings.api_url else 'starts'} "
        f"and lets itself be read: {', '.join(names)}."
    )


@contextmanager
def _server(home: Home, settings: Settings, aside: Path) -> Iterator[str]:
    if settings.api_url:
        yield settings.api_url
        return
    copy = Home(aside)
    if home.embedded.is_dir():
        with held_books(home, wait=0):
            shutil.copytree(home.embedded, copy.embedded)
    with serving(copy) as url:
        yield url


def _name(company: QuickBooks) -> str:
    _, info = company.read("CompanyInfo", company.realm_id)
    return msgspec.json.decode(info, type=_Company).name


def _answers(url: str) -> Finding:
    response = _get(url)
    sentence = f"{url} answers (HTTP {response.status_code})."
    if response.status_code >= 500:
        return warning(sentence, "See https://status.developer.intuit.com.")
    return ok(sentence)


def _get(url: str) -> requests.Response:
    problem = ""
    with new_session(url) as session:
        try:
            return session.get(url, timeout=PATIENCE, allow_redirects=False)
        except requests.RequestException as error:
            problem = why(error)
    raise NoAnswer(
        f"{url} does not answer, {problem}. Check the network, a proxy (HTTPS_PROXY) and "
        "https://status.developer.intuit.com."
    )
