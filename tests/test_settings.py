"""Settings come from dlt's places and are refused in a sentence when they are wrong."""

from decimal import Decimal

import pytest

from pipelines.quickbooks.errors import ConfigurationError
from pipelines.settings import realm_ids, settings


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
    """One id, commas, JSON and lists all give text, so that no id loses a digit."""
    assert realm_ids(given) == ids


def test_environment_variables_win(monkeypatch: pytest.MonkeyPatch) -> None:
    """dlt's variable names reach our settings."""
    monkeypatch.setenv("SOURCES__QUICKBOOKS__ENVIRONMENT", "production")
    monkeypatch.setenv("SOURCES__QUICKBOOKS__REALM_IDS", "9130350000000001")
    found = settings()
    assert (found.environment, found.api_url, found.realm_ids) == (
        "production",
        "https://quickbooks.api.intuit.com",
        ("9130350000000001",),
    )


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ({"environment": "moon"}, "it is one of embedded, sandbox, production"),
        ({"api_url": "http://example.com"}, "plain http is for"),
        ({"api_url": "https://example.com/v3"}, "scheme and host only"),
        ({"realm_ids": "Acme"}, "a company id has digits only"),
    ],
)
def test_wrong_settings_are_refused_in_a_sentence(override: dict[str, str], sentence: str) -> None:
    """The message says what is wrong and where it is corrected."""
    with pytest.raises(ConfigurationError, match=sentence):
        settings(**override)


def test_secrets_are_not_in_the_repr() -> None:
    """A settings object may be logged."""
    assert "geheim" not in repr(settings(client_secret="geheim", refresh_token="geheim", client_id="geheim"))


def test_settings_of_the_marts_are_money_and_yes_or_no(monkeypatch):
    """From the environment they come as text."""
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
