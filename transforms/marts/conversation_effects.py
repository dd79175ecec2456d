"""One row per company and channel of conversations.csv, and one for all channels: how fast families paid before and
after the company first called or wrote to them, beside families that nobody spoke to, and who paid within 30 days.

Whoever is called is late, and some would have paid sooner again without a call: the families nobody spoke to, divided
at the middle of the first conversations, show what comes anyway, as the contacts held out from a campaign do.
An invoice still open at the end of its time counts with its age then. Empty until conversations.csv lies in the data
folder.
"""

from __future__ import annotations

import pandas as pd

from transforms.maths.effects import STATUSES, Sample, interval, status

SOURCE = """
    with spoken as (
        select *
        from marts.customer_conversations
        where status = 'matched' and direction = 'out'
    ),

    channels as (
        select realm_id, root_customer_id, channel, conversation_date, is_paid_after from spoken
        union all
        select realm_id, root_customer_id, 'all', conversation_date, is_paid_after from spoken
    ),

    firsts as (
        select
            realm_id,
            channel,
            root_customer_id,
            min(conversation_date) as first_date,
            count(*) as conversation_count,
            count(is_paid_after) as judged_count,
            count(*) filter (where is_paid_after) as paid_count,
        from channels
        group by all
    ),

    middles as (
        select realm_id, channel, quantile_disc(first_date, 0.5) as middle_date
        from firsts
        group by all
    ),

    families as (
        select realm_id, channel, root_customer_id, first_date as split_date, true as is_spoken_to
        from firsts

        union all

        select realm_id, channel, root_customer_id, middle_date, false
        from middles
        join (
            select distinct realm_id, root_customer_id
            from core.payment_times
            anti join (
                select realm_id, root_customer_id
                from marts.customer_conversations
                where root_customer_id is not null
            ) using (realm_id, root_customer_id)
        ) using (realm_id)
    ),

    changes as (
        select
            realm_id,
            channel,
            root_customer_id,
            is_spoken_to,
            avg(least(coalesce(closed_date, as_of_date), split_date) - txn_date) filter (where txn_date < split_date)
                as before_days,
            avg(greatest(coalesce(closed_date, as_of_date), txn_date) - txn_date) filter (where txn_date >= split_date)
                as after_days,
        from families
        join core.payment_times using (realm_id, root_customer_id)
        group by all
    )

    select
        companies.realm_id,
        companies.company_name,
        companies.as_of_date,
        families.channel,
        families.is_spoken_to,
        greatest(changes.before_days, 0) as before_days,
        changes.after_days,
        firsts.first_date,
        firsts.conversation_count,
        firsts.judged_count,
        firsts.paid_count,
    from families
    join core.companies as companies using (realm_id)
    left join changes using (realm_id, channel, root_customer_id)
    left join firsts using (realm_id, channel, root_customer_id)
    order by realm_id, channel, families.root_customer_id
"""

COLUMNS = {
    "company_name": ("varchar", "Name of the company whose books these are."),
    "channel": (
        "varchar",
        "Channel of the conversations, such as call, sms or email; all for every channel.",
    ),
    "effect_status": (
        "varchar",
        "Whether the incremental change was measured, and else why it is null: "
        + "; ".join(f"{name} ({meaning})" for name, meaning in STATUSES.items() if name != "cost unknown")
        + ". Families count that have invoices before and after.",
    ),
    "first_conversation_date": ("date", "Day of the first conversation that the company began."),
    "as_of_date": ("date", "Day at whose end the figures stand."),
    "conversation_count": (
        "integer",
        "Number of conversations that the company began, with a known customer.",
    ),
    "customer_count": (
        "integer",
        "Number of families spoken to that have invoices dated before and after the first conversation.",
    ),
    "comparison_count": (
        "integer",
        "Number of families that nobody spoke to, with invoices dated before and after the middle of the first "
        "conversations.",
    ),
    "paid_share": (
        "double",
        "Share of the conversations that were followed by a payment within 30 days, 0 to 1; those whose 30 days are "
        "not over count once money came.",
    ),
    "before_days_to_pay": (
        "double",
        "Mean days to pay of the families spoken to, by their invoices before the first conversation; null without "
        "families to compare.",
    ),
    "after_days_to_pay": (
        "double",
        "Mean days to pay of the families spoken to, by their invoices from the first conversation on; null without "
        "families to compare.",
    ),
    "change_days": (
        "double",
        "Mean change of the families spoken to in days; negative when they pay sooner.",
    ),
    "change_low_days": (
        "double",
        "Low end in days of the range that holds the true mean change with 95 percent confidence; null with fewer "
        "than two families.",
    ),
    "change_high_days": (
        "double",
        "High end in days of the range that holds the true mean change with 95 percent confidence; null with fewer "
        "than two families.",
    ),
    "expected_change_days": (
        "double",
        "Mean change in days of the families that nobody spoke to, which would have come anyway; null without such.",
    ),
    "incremental_change_days": (
        "double",
        "Change in days less the expected change; negative when conversations made families pay sooner. Null unless "
        "effect_status is measured.",
    ),
    "incremental_low_days": (
        "double",
        "Low end in days of the range that holds the true incremental change with 95 percent confidence; null "
        "unless effect_status is measured.",
    ),
    "incremental_high_days": (
        "double",
        "High end in days of the range that holds the true incremental change with 95 percent confidence; null "
        "unless effect_status is measured.",
    ),
    "realm_id": ("varchar", "QuickBooks id of the company (realm)."),
}


def rows(frame: pd.DataFrame) -> pd.DataFrame:
    """A row per company and channel."""
    found = [
        _row(str(realm_id), str(channel), families)
        for (realm_id, channel), families in frame.groupby(["realm_id", "channel"], sort=True)
    ]
    return pd.DataFrame(found, columns=list(COLUMNS))


def _row(realm_id: str, channel: str, families: pd.DataFrame) -> dict[str, object]:
    spoken = families[families.is_spoken_to.astype(bool)]
    compared = families[families.before_days.notna() & families.after_days.notna()]
    changes = (compared.after_days - compared.before_days).astype(float)
    is_spoken = compared.is_spoken_to.astype(bool)
    ours, others = changes[is_spoken], changes[~is_spoken]
    low, high = interval(Sample.of(ours))
    more_low, more_high = interval(Sample.of(ours), Sample.of(others))
    effect_status = status(len(ours), len(others))
    is_measured = effect_status == "measured"
    judged = spoken.judged_count.sum()
    return {
        "company_name": families.company_name.iloc[0],
        "channel": channel,
        "effect_status": effect_status,
        "first_conversation_date": spoken.first_date.min(),
        "as_of_date": families.as_of_date.iloc[0],
        "conversation_count": int(spoken.conversation_count.sum()),
        "customer_count": len(ours),
        "comparison_count": len(others),
        "paid_share": spoken.paid_count.sum() / judged if judged else None,
        "before_days_to_pay": compared.before_days[is_spoken].mean() if len(ours) else None,
        "after_days_to_pay": compared.after_days[is_spoken].mean() if len(ours) else None,
        "change_days": ours.mean() if len(ours) else None,
        "change_low_days": low,
        "change_high_days": high,
        "expected_change_days": others.mean() if len(others) else None,
        "incremental_change_days": ours.mean() - others.mean() if is_measured else None,
        "incremental_low_days": more_low if is_measured else None,
        "incremental_high_days": more_high if is_measured else None,
        "realm_id": realm_id,
    }
