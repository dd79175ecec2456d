"""What became of people's lists: how many contacts a company knows, and which lines mean nobody."""

from __future__ import annotations

from collections.abc import Iterator

from duckdb import DuckDBPyConnection

from pipelines.workspace.own_lists import CAMPAIGN_CONTACTS, CONTACTS, OVERRIDES
from transforms.engine.csv_inputs import Inputs

MOST_NAMED = 5

COVERAGE = """
with contacts as (
    select
        realm_id,
        contact_id,
        bool_or(status = 'matched') as is_matched,
        bool_or(status = 'ambiguous') as is_ambiguous,
    from marts.contact_matches
    group by all
)

select realm_id, count(*), count(*) filter (where is_matched), count(*) filter (where is_ambiguous)
from contacts
group by all
order by all
"""
CONVERSATIONS = """
select realm_id, count(distinct conversation_id), count(distinct conversation_id) filter (where status = 'matched')
from marts.customer_conversations
group by all
order by all
"""
LOST_OVERRIDES = """
select distinct overrides.contact_id || ' / ' || overrides.customer_id
from build.contact_overrides as overrides
left join build.contacts as contacts using (contact_id)
left join core.customers as customers
    on customers.customer_id = overrides.customer_id
    and customers.realm_id = coalesce(overrides.realm_id, customers.realm_id)
where contacts.contact_id is null or customers.customer_id is null
order by all
"""
LOST_TOUCHES = """
select distinct campaign_id || ' / ' || contact_id
from build.campaign_contacts
anti join build.contacts using (contact_id)
order by all
"""
LOST = (
    (OVERRIDES, "name a contact or customer that is not there", LOST_OVERRIDES),
    (CAMPAIGN_CONTACTS, f"name a contact that is not in {CONTACTS}", LOST_TOUCHES),
)


def coverage(connection: DuckDBPyConnection, inputs: Inputs) -> Iterator[str]:
    """A line per company, of marts built from these inputs, and one per file with lines that mean nobody."""
    if inputs.contacts:
        for realm_id, contacts, matched, ambiguous in connection.execute(COVERAGE).fetchall():
            yield (
                f"{realm_id}: of {contacts:,} contacts {matched:,} matched, {ambiguous:,} ambiguous, "
                f"{contacts - matched - ambiguous:,} unmatched"
            )
    for realm_id, conversations, matched in connection.execute(CONVERSATIONS).fetchall():
        yield f"{realm_id}: of {conversations:,} conversations {matched:,} with a known customer"
    for file, what, query in LOST:
        lost = [str(text) for (text,) in connection.execute(query).fetchall()]
        if lost:
            more = f" and {len(lost) - MOST_NAMED:,} more" if len(lost) > MOST_NAMED else ""
            yield f"{file}: {len(lost):,} {what}: {', '.join(lost[:MOST_NAMED])}{more}"
