"""The inputs of the marts besides the books: the company's own settings, and people's contacts and campaigns."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from duckdb import DuckDBPyConnection


class Contact(NamedTuple):
    """A person on people's own list, who need not be known to any company in QuickBooks."""

    contact_id: str
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    country: str | None = None


class ContactOverride(NamedTuple):
    """A decision of people about a contact and a customer, for one company or, without `realm_id`, for each."""

    contact_id: str
    customer_id: str
    realm_id: str | None = None
    decision: str = "confirm"


class Campaign(NamedTuple):
    """An effort to win business, and its cost in home currency."""

    campaign_id: str
    name: str | None = None
    cost: Decimal = Decimal(0)


class CampaignContact(NamedTuple):
    """A contact whom a campaign reached on a day, or one held out, whom it would have reached then."""

    campaign_id: str
    contact_id: str
    touch_date: datetime.date
    is_held_out: bool = False


class Conversation(NamedTuple):
    """A call, a message or a letter: with whom, when, who began it, and by what channel."""

    conversation_id: str
    number_or_address: str
    conversation_date: datetime.date
    time_of_day: str | None = None
    direction: str = "out"
    channel: str = "call"


LISTS = {
    "contacts": "contact_id varchar, name varchar, phone varchar, email varchar, country varchar",
    "contact_overrides": "contact_id varchar, customer_id varchar, realm_id varchar, decision varchar",
    "campaigns": "campaign_id varchar, name varchar, cost decimal(18, 2)",
    "campaign_contacts": "campaign_id varchar, contact_id varchar, touch_date date, is_held_out boolean",
    "conversations": "conversation_id varchar, number_or_address varchar, conversation_date date, "
    "time_of_day varchar, direction varchar, channel varchar",
}
"""Tables of `build` that hold people's lists; empty where a list is not given."""


@dataclass(frozen=True)
class Inputs:
    """Settings that marts depend on, and people's own lists.

    With `high_value_annual_revenue` every customer with at least that net revenue in 365 days, in home currency, is
    of high value. With `group_by_estimate` the invoices of one estimate count as one order. `sales_rep_field` is the
    custom field of sales forms that names the sales rep. The lists are the same for every company.
    """

    high_value_annual_revenue: Decimal | None = None
    group_by_estimate: bool = False
    sales_rep_field: str = "Sales Rep"
    contacts: Sequence[Contact] = ()
    contact_overrides: Sequence[ContactOverride] = ()
    campaigns: Sequence[Campaign] = ()
    campaign_contacts: Sequence[CampaignContact] = ()
    conversations: Sequence[Conversation] = ()

    def write(self, connection: DuckDBPyConnection) -> None:
        """Writes them where the SQL reads them: one row in `build.settings`, and a table of `build` per list."""
        connection.execute(
            """create or replace table build.settings as
            select ?::decimal(18, 2) as high_value_annual_revenue, ?::boolean as group_by_estimate,
                ?::varchar as sales_rep_field""",
            [self.high_value_annual_revenue, self.group_by_estimate, self.sales_rep_field],
        )
        for name, columns in LISTS.items():
            connection.execute(f"create or replace table build.{name} ({columns})")
            _insert(connection, f"build.{name}", getattr(self, name))


def _insert(connection: DuckDBPyConnection, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Inserts all rows at once; one by one, 10,000 contacts take seconds."""
    if not rows:
        return
    import pandas as pd

    connection.register("listed", pd.DataFrame(rows, dtype=object))
    try:
        connection.execute(f"insert into {table} select * from listed")
    finally:
        connection.unregister("listed")


NOTHING_GIVEN = Inputs()
