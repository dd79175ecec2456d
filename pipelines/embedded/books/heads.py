"""The head of every transaction: its date, number, names, currency and rate."""

from __future__ import annotations

from decimal import Decimal

from .documents import Document
from .money import ONE, cents, exchange_rate, plain
from .state import State

NUMBERED = (
    "Invoice",
    "CreditMemo",
    "SalesReceipt",
    "RefundReceipt",
    "Estimate",
    "PurchaseOrder",
    "JournalEntry",
)


def rate(state: State, currency: str, date: str) -> Decimal:
    """Home units per foreign unit on a date."""
    return ONE if currency == state.home else exchange_rate(state.profile.seed, currency, date)


def company_address(state: State) -> Document:
    """Where the company is; nothing while it has not said so."""
    info = next(iter(state.store["CompanyInfo"].values()), {})
    address: Document = info.get("CompanyAddr", {})
    return address


def home_total(state: State, form: Document) -> None:
    """Writes the total in home currency on a form in another one."""
    if form.get("CurrencyRef", {}).get("value", state.home) != state.home:
        form["HomeTotalAmt"] = cents(form["TotalAmt"] * form["ExchangeRate"])


def transaction_head(
    state: State, entity: str, body: Document, party: str | None, changes: Document
) -> Document:
    """Date, number, names, currency and rate of a transaction."""
    form = dict(body) if "TxnDate" in body else {"TxnDate": state.today(), **body}
    if entity in NUMBERED and "DocNumber" not in form and "Id" not in form:
        form["DocNumber"] = state.next_number(entity)
    if party:
        reference = state.ref(party, form[f"{party}Ref"]["value"])
        form[f"{party}Ref"] = reference
        form["CurrencyRef"] = state.store[party][reference["value"]]["CurrencyRef"]
        if body.get("CurrencyRef", form["CurrencyRef"]) != form["CurrencyRef"]:
            for field in ("ExchangeRate", "HomeTotalAmt", "HomeBalance"):
                form.pop(field, None)
    form.setdefault("CurrencyRef", state.currency_ref(state.home))
    if state.profile.multicurrency:
        redated = "TxnDate" in changes and "ExchangeRate" not in changes and "Id" in form
        if "ExchangeRate" not in form or redated:
            form["ExchangeRate"] = rate(state, form["CurrencyRef"]["value"], form["TxnDate"])
        form["ExchangeRate"] = plain(form["ExchangeRate"])
    return form
