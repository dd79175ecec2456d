"""Balances of accounts as our copy has them, as the trial balance is compared with them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from duckdb import DuckDBPyConnection

LATER = {
    "staging.invoices": "ar_account_id",
    "staging.sales_receipts": "deposit_to_account_id",
    "staging.refund_receipts": "deposit_to_account_id",
    "staging.payments": "ar_account_id, deposit_to_account_id",
    "staging.deposits": "deposit_to_account_id, cash_back_account_id",
    "staging.deposit_lines join staging.deposits using (realm_id, deposit_id)": "account_id",
    "staging.purchases": "account_id",
    "staging.bills": "ap_account_id",
    "staging.bill_payments": "ap_account_id, bank_account_id, credit_card_account_id",
    "staging.credit_card_payments": "bank_account_id, credit_card_account_id",
    "staging.transfers": "from_account_id, to_account_id",
    "staging.journal_entry_lines join staging.journal_entries using (realm_id, journal_entry_id)": "account_id",
}
"""Documents, with the accounts that they name."""


class Balance(NamedTuple):
    """A balance in home currency, which may hold documents dated after the run's date."""

    account_id: str
    name: str
    balance: Decimal
    has_later_documents: bool


def compared(connection: DuckDBPyConnection, realm_id: str, today: date | None) -> list[Balance]:
    """The active balance-sheet accounts in home currency, without receivables and Retained Earnings.

    Receivables are compared by their documents; QuickBooks leaves the result of closed years out of the balance that
    it states of Retained Earnings. Balances are today's: there is nothing to compare where the run's date is another.
    """
    later = " union all ".join(
        f"select unnest([{accounts}]) as account_id from {documents} "
        "join core.companies using (realm_id) where realm_id = $realm_id and txn_date > as_of_date"
        for documents, accounts in LATER.items()
    )
    rows = connection.execute(
        f"""
        select account_id, coalesce(full_name, name, account_id), current_balance, account_id in (
            select account_id from ({later}) where account_id is not null
        )
        from core.accounts
        join core.companies using (realm_id)
        where realm_id = $realm_id and is_active and not is_receivable and current_balance is not null
            and currency is not distinct from home_currency
            and account_type in (
                'Bank', 'Other Current Asset', 'Fixed Asset', 'Other Asset', 'Accounts Payable', 'Credit Card',
                'Other Current Liability', 'Long Term Liability', 'Equity'
            )
            and account_sub_type is distinct from 'RetainedEarnings'
            and as_of_date = coalesce($today, as_of_date)
        order by account_id""",
        {"realm_id": realm_id, "today": today},
    ).fetchall()
    return [Balance(*row) for row in rows]
