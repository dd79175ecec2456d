-- One row per estimate and day of knowledge by which it was dated, the run's date and 90 days before: what had become of
-- it by the end of that day. An outcome counts from the day it is dated: an acceptance or invoice dated later has not
-- happened yet.
with

companies as (
    select *, unnest([as_of_date, as_of_date - 90]) as known_by_date
    from core.companies
),

first_invoices as (
    select realm_id, estimate_id, min(invoice_date) as first_invoice_date
    from core.estimate_invoices
    group by all
),

-- A Pending estimate that has an invoice was won; a Closed one without any was not.
dated as (
    select
        estimates.*,
        companies.as_of_date,
        known_by_date,
        greatest(txn_date, (last_updated_at at time zone 'America/Los_Angeles')::date) as updated_date,
        first_invoice_date,
        if(
            txn_status = 'Rejected' or (txn_status = 'Closed' and first_invoice_date is null),
            updated_date,
            null
        ) as lost_date,
        case
            when accepted_date <= known_by_date and txn_status <> 'Pending' then accepted_date
            when first_invoice_date <= known_by_date then first_invoice_date
            when accepted_date is not null then null
            when txn_status = 'Accepted' then updated_date
            when txn_status = 'Converted' and first_invoice_date is null then updated_date
        end as won_date,
        case
            when accepted_date <= known_by_date and txn_status <> 'Pending' then 'accepted_date'
            when first_invoice_date <= known_by_date then 'invoice'
            else 'last_updated'
        end as won_date_source,
    from staging.estimates as estimates
    join companies using (realm_id)
    left join first_invoices using (realm_id, estimate_id)
    where txn_date <= known_by_date
),

decided as (
    select
        *,
        case
            when is_voided then 'voided'
            when lost_date <= known_by_date then 'lost'
            when won_date <= known_by_date then 'won'
            when expiration_date < known_by_date then 'expired'
            else 'open'
        end as outcome,
        case
            when outcome = 'won' then won_date
            when outcome = 'lost' then lost_date
        end as outcome_date,
    from dated
),

final as (
    select
        -- Outcome by the day of knowledge: won, lost, open, expired (past its last day and neither won nor turned down) or
        -- voided.
        outcome,
        -- Where the date of the outcome comes from: accepted_date, invoice (the first one), or last_updated where
        -- QuickBooks states none; null while open or expired.
        case
            when outcome = 'won' then won_date_source
            when outcome = 'lost' then 'last_updated'
        end as outcome_date_source,

        txn_date,  -- Date of the estimate.
        expiration_date,  -- Last day on which the estimate may be accepted; null when it does not expire.
        outcome_date,  -- Day on which the estimate was won or lost; null while it is open or expired.
        known_by_date,  -- Day up to which outcomes are known: the run's date, or 90 days before.
        as_of_date,  -- Day at whose end the figures stand.

        -- Days from the estimate's date to its outcome, or to the day of knowledge while it is open or expired.
        greatest(0, coalesce(outcome_date, known_by_date) - txn_date)::integer as days_open,
        -- Days from the last day on which it could be accepted to its outcome, or to the day of knowledge; null unless it
        -- was undecided after that day.
        if(
            coalesce(outcome_date, known_by_date) > expiration_date,
            coalesce(outcome_date, known_by_date) - expiration_date,
            null
        )::integer as days_expired,
        -- True when the estimate is won and more may be invoiced from it: QuickBooks did not call it Closed by then.
        outcome = 'won' and (txn_status is distinct from 'Closed' or updated_date > known_by_date) as has_backlog,

        realm_id,  -- QuickBooks id of the company (realm).
        estimate_id,  -- QuickBooks id of the estimate.
    from decided
)

select * from final
