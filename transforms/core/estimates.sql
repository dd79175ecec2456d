-- Estimates and what became of them. One row per estimate dated up to the run's date.
-- An outcome counts from the day it is dated: an acceptance or invoice dated later has not happened yet.
with

companies as (
    select * from core.companies
),

estimates as (
    select
        *,
        greatest(txn_date, (last_updated_at at time zone 'America/Los_Angeles')::date) as updated_date,
    from staging.estimates
    join companies using (realm_id)
    where txn_date <= as_of_date
),

estimate_invoices as (
    select *
    from core.estimate_invoices
    join companies using (realm_id)
),

customers as (
    select * from core.customers
),

invoiced as (
    select
        realm_id,
        estimate_id,
        min(invoice_date) as first_invoice_date,
        count(*) filter (where invoice_date <= as_of_date) as invoice_count,
        sum(invoiced_amount) filter (where invoice_date <= as_of_date) as invoiced_amount,
        sum(invoiced_home) filter (where invoice_date <= as_of_date) as invoiced_home,
    from estimate_invoices
    group by all
),

-- A Pending estimate that has an invoice was won; a Closed one without any was not.
dated as (
    select
        estimates.*,
        first_invoice_date,
        coalesce(invoice_count, 0) as invoice_count,
        coalesce(invoiced_amount, 0) as invoiced_amount,
        coalesce(invoiced_home, 0) as invoiced_home,
        if(
            txn_status = 'Rejected' or (txn_status = 'Closed' and first_invoice_date is null),
            updated_date,
            null
        ) as lost_date,
        case
            when accepted_date <= as_of_date and txn_status <> 'Pending' then accepted_date
            when first_invoice_date <= as_of_date then first_invoice_date
            when accepted_date is not null then null
            when txn_status = 'Accepted' then updated_date
            when txn_status = 'Converted' and first_invoice_date is null then updated_date
        end as won_date,
        case
            when accepted_date <= as_of_date and txn_status <> 'Pending' then 'accepted_date'
            when first_invoice_date <= as_of_date then 'invoice'
            else 'last_updated'
        end as won_date_source,
    from estimates
    left join invoiced using (realm_id, estimate_id)
),

decided as (
    select
        *,
        case
            when is_voided then 'voided'
            when lost_date <= as_of_date then 'lost'
            when won_date <= as_of_date then 'won'
            when expiration_date < as_of_date then 'lost'
            else 'open'
        end as outcome,
        case
            when outcome = 'won' then won_date
            when outcome = 'lost' then coalesce(if(lost_date <= as_of_date, lost_date, null), expiration_date + 1)
        end as outcome_date,
        case
            when outcome = 'won' then won_date_source
            when outcome = 'lost' then if(lost_date <= as_of_date, 'last_updated', 'expiration')
        end as outcome_date_source,
        outcome = 'won' and (txn_status is distinct from 'Closed' or updated_date > as_of_date) as has_backlog,
    from dated
),

final as (
    select
        decided.realm_id,  -- QuickBooks company id (realm)
        decided.estimate_id,  -- QuickBooks id of the estimate
        decided.customer_id,  -- Customer it was made for
        -- Top of that customer's chain of parents
        coalesce(customers.root_customer_id, decided.customer_id) as root_customer_id,

        decided.doc_number,  -- Number printed on the estimate
        decided.txn_status,  -- What QuickBooks says now: Pending, Accepted, Closed, Rejected or Converted
        decided.outcome,  -- won, lost, open or voided, on the run's date
        -- Where its date comes from: accepted_date, invoice (the first), expiration, or last_updated where QuickBooks
        -- states none
        decided.outcome_date_source,
        coalesce(decided.currency, companies.home_currency) as currency,  -- Currency of the estimate
        coalesce(decided.exchange_rate, 1) as exchange_rate,  -- Home units per unit of that currency; 1 at home

        coalesce(decided.total_amount, 0)::decimal(18, 2) as total_amount,  -- Total with tax, in its currency
        -- Total in home currency at the estimate's rate
        round(coalesce(decided.total_amount, 0) * coalesce(decided.exchange_rate, 1), 2)::decimal(18, 2) as total_home,
        decided.invoiced_amount::decimal(18, 2) as invoiced_amount,  -- Invoiced from it, tax included, in its currency
        decided.invoiced_home::decimal(18, 2) as invoiced_home,  -- The same in home currency at the invoices' rates
        -- Won and not invoiced yet; 0 once QuickBooks calls it Closed
        if(has_backlog, greatest(0, coalesce(decided.total_amount, 0) - decided.invoiced_amount), 0)::decimal(18, 2) as backlog_amount,
        -- The same in home currency at the estimate's rate
        round(backlog_amount * coalesce(decided.exchange_rate, 1), 2)::decimal(18, 2) as backlog_home,

        decided.invoice_count::integer as invoice_count,  -- Invoices made from it
        (decided.as_of_date - decided.txn_date)::integer as age_days,  -- Days since its date
        -- Days until its outcome, or until the run's date while open
        greatest(0, coalesce(outcome_date, decided.as_of_date) - decided.txn_date)::integer as days_open,

        decided.as_of_date,  -- Day whose end this describes
        decided.txn_date,  -- Date of the estimate
        decided.expiration_date,  -- Last day it may be accepted; null when it does not expire
        -- Day the customer accepted; null when not stated or later
        if(decided.accepted_date <= decided.as_of_date, decided.accepted_date, null) as accepted_date,
        -- Date of the first invoice made from it
        if(first_invoice_date <= decided.as_of_date, first_invoice_date, null) as first_invoice_date,
        outcome_date,  -- Day it was won or lost; null while open
    from decided
    join companies using (realm_id)
    left join customers using (realm_id, customer_id)
)

select * from final
