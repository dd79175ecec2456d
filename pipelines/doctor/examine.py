"""`quickduck doctor`: looks at everything that can keep a run from working, and changes nothing."""

from __future__ import annotations

import ipaddress
import platform
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from urllib.parse import urlsplit

import pendulum
from packaging.requirements import Requirement
from pendulum import DateTime

from pipelines.base.errors import ConfigurationError
from pipelines.connect.connector import require_app
from pipelines.connect.expiry import SignInStatus, signin_status
from pipelines.connect.keys import NO_KEY, existing_key, usable_keyring
from pipelines.connect.token_store import TokenStore
from pipelines.doctor import folder, network
from pipelines.doctor.finding import Finding, Verdict, check, failed, ok, warning
from pipelines.quickbooks.session import is_loopback
from pipelines.workspace.home import Home
from pipelines.workspace.settings import DEFAULT_REDIRECT_URI, Environment, Settings
from pipelines.workspace.settings import settings as read_settings

NAMED_PACKAGES = ("dlt", "duckdb", "sqlglot")


def examine(
    home: Home, *, offline: bool = False, clock: Callable[[], DateTime] = lambda: pendulum.now("UTC")
) -> Iterator[Finding]:
    """Every check that makes sense here, one after the other; `offline` leaves out those that ask a server."""
    yield package_versions()
    yield folder.data_folder(home)
    is_idle = True
    if home.path.is_dir():
        yield folder.private_files(home)
        yield folder.disk_space(home)
        yield (lock := folder.folder_lock(home))
        is_idle = lock.verdict is Verdict.OK
        yield folder.warehouse_file(home)
        yield folder.published_file(home)
    yield (usable := configuration())
    if usable.verdict is Verdict.FAILED:
        return
    settings = read_settings()
    yield (tokens := token_file(home, settings))
    if settings.environment is Environment.EMBEDDED:
        if not offline and (is_idle or settings.api_url):
            yield network.embedded_company(home, settings)
        return
    yield redirect_uri(settings)
    yield (keys := app_keys(settings))
    store = _store(home, settings) if tokens.verdict is Verdict.OK else None
    sign_ins = {one.realm_id: one for one in signin_status(store, clock)} if store else {}
    realm_ids = settings.realm_ids or tuple(sign_ins)
    if tokens.verdict is Verdict.OK:
        for realm_id in realm_ids or ("",):
            yield sign_in(settings, realm_id, sign_ins.get(realm_id))
    if not offline:
        askable = keys.verdict is Verdict.OK
        lasting = [one for one in realm_ids if askable and one in sign_ins and not sign_ins[one].has_ended]
        yield from network.intuit(settings, store, lasting, clock)


@check
def package_versions(installed: Callable[[str], str] = version) -> Finding:
    """Are the pinned packages installed? A wrong one fails late: with a newer sqlglot dlt 1.31 still loads."""
    wrong = []
    for requirement in map(Requirement, requires("quickduck") or []):
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            if not requirement.specifier.contains(installed(requirement.name), prereleases=True):
                wrong.append(
                    f"{requirement.name} is {installed(requirement.name)}, not {requirement.specifier}"
                )
        except PackageNotFoundError:
            wrong.append(f"{requirement.name} is missing")
    if wrong:
        return failed(f"{'; '.join(wrong)}.", "Install what requirements.lock names.")
    versions = ", ".join(f"{name} {installed(name)}" for name in NAMED_PACKAGES)
    return ok(f"Python {platform.python_version()}, {versions}.")


@check
def configuration() -> Finding:
    """Can the settings be read? dlt looks in the working folder, so that a run from elsewhere may read others."""
    import dlt

    settings = read_settings()
    folder = Path(dlt.current.run_context().settings_dir).resolve()
    where = folder if folder.is_dir() else "the environment alone, for there is no .dlt folder here"
    if settings.environment is not Environment.EMBEDDED and is_loopback(settings.api_url) != is_loopback(
        settings.token_url
    ):
        return failed(
            f"api_url is {settings.api_url} and token_url {settings.token_url}: one is an embedded company's, "
            "the other is not, and tokens would go to the wrong place.",
            "Unset api_url and token_url in sources.quickbooks, or set environment to embedded.",
        )
    companies = ", ".join(settings.realm_ids) or "all that are signed in"
    return ok(f"environment {settings.environment}, companies: {companies}; from {where}.")


@check
def redirect_uri(settings: Settings) -> Finding:
    """Will Intuit take the address? It refuses numbers, and plain http but for localhost with development keys."""
    parts = urlsplit(settings.redirect_uri)
    address = f"redirect_uri is {settings.redirect_uri}"
    if _is_number(parts.hostname or ""):
        return failed(
            f"{address}: Intuit refuses addresses in numbers.", f"Use a name, as {DEFAULT_REDIRECT_URI} does."
        )
    if settings.environment is Environment.PRODUCTION and parts.scheme != "https":
        return failed(
            f"{address}: production keys want https, so no sign-in can succeed.",
            "Register an https address of yours, set it, and use `quickduck login --paste`.",
        )
    if parts.scheme != "https" and parts.hostname != "localhost":
        return failed(
            f"{address}: Intuit takes plain http for localhost alone.", f"Use {DEFAULT_REDIRECT_URI}."
        )
    return ok(f"{settings.redirect_uri}; it must be registered at Intuit letter by letter.")


@check
def app_keys(settings: Settings) -> Finding:
    """Are the app's keys set? Only the token endpoint can tell whether they are right."""
    require_app(settings)
    return ok("client_id and client_secret are set.")


@check
def token_file(home: Home, settings: Settings) -> Finding:
    """Does the key open the token file? Without it every company has to sign in again."""
    store = _store(home, settings)
    if store:
        signed_in = store.realm_ids()
        return ok(f"The key opens it; companies signed in: {', '.join(signed_in) or 'none'}.")
    if home.tokens.exists():
        raise ConfigurationError(NO_KEY)
    if settings.environment is Environment.EMBEDDED or usable_keyring():
        return ok("There is none yet; the first sign-in makes it, and a key.")
    raise ConfigurationError(NO_KEY)


@check
def sign_in(settings: Settings, realm_id: str, status: SignInStatus | None) -> Finding:
    """How long does a company's sign-in last? The id is empty if no company is known at all."""
    if status is None and settings.refresh_token and realm_id:
        return ok(f"Company {realm_id}: the next run takes in the refresh_token of the settings.")
    if status is None:
        whose = f"Company {realm_id}" if realm_id else f"No company of environment {settings.environment}"
        negation = "is not" if realm_id else "is"
        return failed(f"{whose} {negation} signed in here.", "`quickduck login` connects one.", sign_in=True)
    if status.has_ended:
        return failed(status.warning, sign_in=True)
    if status.warning:
        return warning(status.warning)
    return ok(
        f"Company {realm_id}'s lasts {_days(status.refresh_days_left)} unused, "
        f"and {_days(status.hard_days_left)} in all."
    )


def _store(home: Home, settings: Settings) -> TokenStore | None:
    key = existing_key(home.tokens, embedded=settings.environment is Environment.EMBEDDED)
    return TokenStore(home.tokens, key, settings.environment) if key else None


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _days(left: int | None) -> str:
    return "a time not known yet" if left is None else f"{left:,} days"
