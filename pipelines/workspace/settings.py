"""Settings, resolved the way dlt does: environment, then .dlt/secrets.toml, then .dlt/config.toml."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from pipelines.base.errors import ConfigurationError, WrongUsage
from pipelines.quickbooks.errors import UnsafeAddress
from pipelines.quickbooks.session import safe_redirect, safe_url

SECTION = "sources.quickbooks"
FIELD_PATH = re.compile(r"[\w*]+(\.[\w*]+)*")
COLUMN_NAME = re.compile(r"[\w*?]+(\.[\w*?]+){0,2}")


class Environment(StrEnum):
    """Whose company is read."""

    EMBEDDED = "embedded"
    SANDBOX = "sandbox"
    PRODUCTION = "production"


INTUIT = {
    "authorize_url": "https://appcenter.intuit.com/connect/oauth2",
    "token_url": "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer",
    "revoke_url": "https://developer.api.intuit.com/v2/oauth2/tokens/revoke",
}
API_URL = {
    Environment.SANDBOX: "https://sandbox-quickbooks.api.intuit.com",
    Environment.PRODUCTION: "https://quickbooks.api.intuit.com",
}
APP_URL = {
    Environment.SANDBOX: "https://app.sandbox.qbo.intuit.com",
    Environment.PRODUCTION: "https://app.qbo.intuit.com",
}
DEFAULT_REDIRECT_URI = "http://localhost:8765/callback"


@dataclass(frozen=True)
class Settings:
    """Everything that differs between the embedded company, a sandbox and a real one.

    `api_url` is scheme and host only; an empty one means that the embedded company's server is not up yet.
    """

    environment: Environment = Environment.EMBEDDED
    realm_ids: tuple[str, ...] = ()
    redirect_uri: str = DEFAULT_REDIRECT_URI
    minorversion: int = 75
    all_custom_fields: bool = True
    leave_out_columns: tuple[str, ...] = ()
    hash_columns: tuple[str, ...] = ()
    publish_other_fields: tuple[str, ...] = ()
    high_value_annual_revenue: Decimal | None = None
    group_by_estimate: bool = False
    stop_at_card_numbers: bool = False
    sales_rep_field: str = "Sales Rep"
    on_failure_command: str = ""
    on_failure_url: str = field(default="", repr=False)
    webhook_verifier_token: str = field(default="", repr=False)
    api_url: str = ""
    token_url: str = ""
    authorize_url: str = ""
    revoke_url: str = ""
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)


def settings(**overrides: object) -> Settings:
    """The settings in force; `overrides` win over every file and variable.

    Raises WrongUsage for an unknown environment or a malformed realm id, ConfigurationError for an unsafe address
    or a file that is no TOML.
    """
    # Any, for they are as people wrote them, and each is examined below before it is believed.
    values: dict[str, Any] = {name: configured(name) for name in Settings.__dataclass_fields__} | overrides
    try:
        environment = Environment(values.pop("environment") or Environment.EMBEDDED)
    except ValueError as error:
        raise WrongUsage(
            f"{SECTION}.environment is {str(error).split(' is not')[0]}; it is one of "
            f"{', '.join(Environment)}. Correct it in .dlt/config.toml or SOURCES__QUICKBOOKS__ENVIRONMENT."
        ) from None
    addresses = INTUIT | {"api_url": API_URL[environment]} if environment in API_URL else {}
    stated = {name: value for name, value in values.items() if value not in (None, "", ())}
    stated["realm_ids"] = realm_ids(stated.get("realm_ids", ()))
    for name in ("leave_out_columns", "hash_columns"):
        stated[name] = column_names(stated.get(name, ()), name)
    if "high_value_annual_revenue" in stated:
        stated["high_value_annual_revenue"] = amount(
            stated["high_value_annual_revenue"], "high_value_annual_revenue"
        )
    for name in ("group_by_estimate", "all_custom_fields", "stop_at_card_numbers"):
        if name in stated:
            stated[name] = yes_or_no(stated[name], name)
    stated["publish_other_fields"] = field_paths(
        stated.get("publish_other_fields", ()), "publish_other_fields"
    )
    if not str(stated.get("minorversion", 75)).isdigit():
        raise ConfigurationError(
            f"{SECTION}.minorversion is {stated['minorversion']!r}; it is a number, such as 75."
        )
    stated["minorversion"] = int(stated.get("minorversion", 75))
    resolved = Settings(environment=environment, **(addresses | stated))
    try:
        for name in ("api_url", "token_url", "authorize_url", "revoke_url"):
            if url := getattr(resolved, name):
                safe_url(url, name)
        if urlsplit(resolved.api_url).path.strip("/"):
            raise ConfigurationError(
                f"{SECTION}.api_url is {resolved.api_url!r}; it is scheme and host only, such as "
                f"{API_URL[Environment.PRODUCTION]}."
            )
        safe_redirect(resolved.redirect_uri)
    except UnsafeAddress as unsafe:
        raise ConfigurationError(str(unsafe)) from None
    return resolved


def configured(name: str) -> object:
    """One setting as it is written, unexamined; None where it is not. Raises ConfigurationError for what is no TOML.

    `dlt.secrets` alone would pass over config.toml, and `dlt.config` alone over vaults that hold nothing but secrets.
    """
    import dlt
    from dlt.common.configuration.providers.toml import TomlProviderReadException

    try:
        value: object = dlt.secrets.get(f"{SECTION}.{name}")
        return dlt.config.get(f"{SECTION}.{name}") if value is None else value
    except TomlProviderReadException as error:
        raise ConfigurationError(
            f"{' '.join(str(error).split())}. Correct that file, it is no TOML."
        ) from None


def realm_ids(value: object) -> tuple[str, ...]:
    """Company ids out of one id, several with commas, a JSON list or a list: always text."""
    ids = _parts(value, "realm_ids")
    for realm_id in ids:
        if not realm_id.isdigit():
            raise WrongUsage(
                f"{SECTION}.realm_ids holds {realm_id!r}, but a company id has digits only. "
                "It is shown in QuickBooks under Settings, Additional info, and as realmId when you sign in."
            )
    return ids


def column_names(value: object, setting: str) -> tuple[str, ...]:
    """Names of published columns, in the notations of `realm_ids`; whether they exist is for a warehouse to say."""
    names = tuple(part.lower() for part in _parts(value, setting))
    for name in names:
        if not COLUMN_NAME.fullmatch(name):
            raise ConfigurationError(
                f"{SECTION}.{setting} holds {name!r}, which is no column's name. Write column, table.column or "
                "schema.table.column; * stands for anything."
            )
    return names


def field_paths(value: object, setting: str) -> tuple[str, ...]:
    """Paths of fields, in the notations of `realm_ids`; whether they exist is for what QuickBooks sends to say."""
    paths = _parts(value, setting)
    for path in paths:
        if not FIELD_PATH.fullmatch(path):
            raise ConfigurationError(
                f"{SECTION}.{setting} holds {path!r}, which is no path of a field. Write Entity.Field, such as "
                "Invoice.BillAddr.Lat, without numbers of elements; * stands for anything."
            )
    return paths


def amount(value: object, setting: str) -> Decimal:
    """A sum of money, at least 0. Raises ConfigurationError."""
    try:
        money = Decimal(str(value))
    except InvalidOperation:
        money = Decimal("NaN")
    if not money.is_finite() or money < 0:
        raise ConfigurationError(f"{SECTION}.{setting} is {value!r}; it is a sum of money, such as 25000.")
    return money


def yes_or_no(value: object, setting: str) -> bool:
    """TOML's true and false, in text too, as the environment gives it. Raises ConfigurationError."""
    if str(value).lower() not in ("true", "false"):
        raise ConfigurationError(f"{SECTION}.{setting} is {value!r}; it is true or false.")
    return str(value).lower() == "true"


def _parts(value: object, setting: str) -> tuple[str, ...]:
    if isinstance(value, str) and value.strip().startswith("["):
        value = _list(value, setting)
    parts = (
        value.split(",") if isinstance(value, str) else value if isinstance(value, list | tuple) else [value]
    )
    return tuple(str(part).strip() for part in parts if str(part).strip())


def _list(text: str, setting: str) -> list[object]:
    try:
        return list(json.loads(text))
    except ValueError:
        raise ConfigurationError(
            f"{SECTION}.{setting} is {text!r}, which is no JSON list. Write one name, or several with commas."
        ) from None
