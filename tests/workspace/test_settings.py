"""Settings come from dlt's places and are refused in a sentence when they are wrong."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipelines.base.errors import ConfigurationError
from pipelines.workspace.settings import realm_ids, settings


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        ("", ()),
        (9130350000000001, ("9130350000000001",)),
        ("1, 2", ("1", "2")),
        ('["1", 2]', ("1", "2")),
        (["1"], ("1",)),
    ],
)
def test_realm_ids_are_text_in_any_notation(given: object, ids: tuple[str, ...]) -> None:
    """One id, commas, JSON and lists all give ids as text, so that no id loses a digit."""
    assert realm_ids(given) == ids


def test_environment_variables_win(monkeypatch: pytest.MonkeyPatch) -> None:
    """Environment variables by dlt's names reach our settings and win."""
    monkeypatch.setenv("SOURCES__QUICKBOOKS__ENVIRONMENT", "production")
    monkeypatch.setenv("SOURCES__QUICKBOOKS__REALM_IDS", "9130350000000001")
    found = settings()
    assert (found.environment, found.api_url, found.realm_ids) == (
        "production",
        "https://quickbooks.api.intuit.com",
        ("9130350000000001",),
    )


def read_in(folder: Path, **variables: str) -> dict[str, Any]:
    """The settings that a process started in this folder finds, as text; dlt reads the files once a process."""
    program = (
        "import json; from pipelines.workspace.settings import settings; "
        "print(json.dumps(vars(settings()), default=str))"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SOURCES__")}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder, env=kept | variables, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout))


def test_files_reach_the_settings_and_the_environment_wins_over_both(tmp_path: Path) -> None:
    """Everything in .dlt/config.toml and .dlt/secrets.toml reaches the settings, and the environment wins."""
    given: dict[str, Any] = {
        "environment": "sandbox",
        "realm_ids": ["1", "2"],
        "redirect_uri": "http://localhost:9999/callback",
        "minorversion": 76,
        "leave_out_columns": ["*phone"],
        "hash_columns": ["*email"],
        "publish_other_fields": ["Invoice.DeliveryInfo.*", "*"],
        "all_custom_fields": False,
        "high_value_annual_revenue": 25000,
        "group_by_estimate": True,
        "stop_at_card_numbers": True,
        "sales_rep_field": "Rep",
        "on_failure_command": "mail me",
    }
    secret = {"client_id": "me", "client_secret": "geheim", "on_failure_url": "https://example.com/hook"}
    folder = tmp_path / ".dlt"
    folder.mkdir()
    for file, values in (("config.toml", given), ("secrets.toml", secret)):
        lines = [f"{name} = {json.dumps(value)}" for name, value in values.items()]
        (folder / file).write_text("\n".join(["[sources.quickbooks]", *lines]), encoding="utf-8")
    found = read_in(tmp_path)
    expected = given | secret | {"high_value_annual_revenue": "25000"}
    assert {name: found[name] for name in expected} == expected
    assert read_in(tmp_path, SOURCES__QUICKBOOKS__ENVIRONMENT="production")["environment"] == "production"


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ({"environment": "moon"}, "it is one of embedded, sandbox, production"),
        ({"api_url": "http://example.com"}, "plain http is for"),
        ({"api_url": "https://example.com/v3"}, "scheme and host only"),
        ({"publish_other_fields": "Invoice.Line[1].Received"}, "no path of a field"),
        ({"all_custom_fields": "x"}, "all_custom_fields is 'x'"),
        ({"realm_ids": "Acme"}, "a company id has digits only"),
    ],
)
def test_wrong_settings_are_refused_in_a_sentence(override: dict[str, str], sentence: str) -> None:
    """The message says what is wrong and where it is corrected."""
    with pytest.raises(ConfigurationError, match=sentence):
        settings(**override)


def test_secrets_are_not_in_the_repr() -> None:
    """The repr of the settings has no secret, so that it may be logged."""
    assert "geheim" not in repr(settings(client_secret="geheim", refresh_token="geheim", client_id="geheim"))


def test_settings_of_the_marts_are_money_and_yes_or_no(monkeypatch):
    """Settings of the marts are read as money and yes or no, although the environment gives text."""
    monkeypatch.setenv("SOURCES__QUICKBOOKS__HIGH_VALUE_ANNUAL_REVENUE", "25000.50")
    monkeypatch.setenv("SOURCES__QUICKBOOKS__GROUP_BY_ESTIMATE", "true")
    found = settings()
    assert (found.high_value_annual_revenue, found.group_by_estimate) == (Decimal("25000.50"), True)
    for name, wrong in [
        ("high_value_annual_revenue", "much"),
        ("high_value_annual_revenue", -1),
        ("group_by_estimate", "x"),
    ]:
        with pytest.raises(ConfigurationError, match=f"{name} is {wrong!r}"):
            settings(**{name: wrong})
