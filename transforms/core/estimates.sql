-- One row per estimate dated up to the run's date, with what became of it by then (core.estimate_states).
with

companies as (
    select * from core.companies
),

states as (
    select realm_id, estimate_id, outcome, outcome_date, outcome_date_source, days_open, has_backlog
    from core.estimate_states
    where known_by_date = as_of_date
),

estimate_invoices as (
    select *
    from core.estimate_invoices
    join companies using (realm_id)
    where invoice_date <= as_of_date
),

customers as (
    select * from core.customers
),

invoiced as (
    select
        realm_id,
        estimate_id,
        min(invoice_date) as first_invoice_date,
        count(*) as invoice_count,
        sum(invoiced_amount) as invoiced_amount,
        sum(invoiced_home) as invoiced_home,
    from estimate_invoices
    group by all
),

decided as (
    select
        estimates.*,
        states.* exclude (realm_id, estimate_id),
        as_of_date,
        first_invoice_date,
        coalesce(invoice_count, 0) as invoice_count,
        coalesce(invoiced_amount, 0) as invoiced_amount,
        coalesce(invoiced_home, 0) as invoiced_home,
    from staging.estimates as estimates
    join states using (realm_id, estimate_id)
    join companies using (realm_id)
    left join invoiced using (realm_id, estimate_id)
),

final as (
    select
        decided.doc_number,  -- Number printed on the estimate.
        decided.txn_status,  -- Status that QuickBooks states now: Pending, Accepted, Closed, Rejected or Converted.
        -- Outcome on the run's date: won, lost, open, expired (past its last day and neither won nor turned down, so that
        -- it may still be won) or voided.
        decided.outcome,
        -- Where the date of the outcome comes from: accepted_date, invoice (the first one), or last_updated where
        -- QuickBooks states none; null while open or expired.
        decided.outcome_date_source,
        -- Currency of the estimate, as an ISO 4217 code.
        coalesce(decided.currency, companies.home_currency) as currency,

        decided.txn_date,  -- Date of the estimate.
        decided.expiration_date,  -- Last day on which the estimate may be accepted; null when it does not expire.
        -- Day on which the customer accepted the estimate; null when QuickBooks states none, or a later one than the
        -- run's date.
        if(decided.accepted_date <= decided.as_of_date, decided.accepted_date, null) as accepted_date,
        -- Date of the first invoice made from the estimate; null when there is none up to the run's date.
        first_invoice_date,
        outcome_date,  -- Day on which the estimate was won or lost; null while it is open or expired.
        decided.as_of_date,  -- Day at whose end the figures stand.

        -- Units of home currency per unit of the estimate's currency; 1 for estimates in home currency.
        decided.exchange_rate,
        -- Total of the estimate with tax, in the estimate's currency.
        coalesce(decided.total_amount, 0)::decimal(18, 2) as total_amount,
        -- Total of the estimate with tax, in home currency at the estimate's rate.
        round(coalesce(decided.total_amount, 0) * decided.exchange_rate, 2)::decimal(18, 2) as total_home,
        -- Amount invoiced from the estimate with tax, in the estimate's currency.
        decided.invoiced_amount::decimal(18, 2) as invoiced_amount,
        -- Amount invoiced from the estimate with tax, in home currency at the invoices' rates.
        decided.invoiced_home::decimal(18, 2) as invoiced_home,
        -- Amount of a won estimate that is not invoiced yet, in the estimate's currency; 0 once QuickBooks calls the
        -- estimate Closed.
        if(has_backlog, greatest(0, coalesce(decided.total_amount, 0) - decided.invoiced_amount), 0)::decimal(18, 2) as backlog_amount,
        -- Amount of a won estimate that is not invoiced yet, in home currency at the estimate's rate; 0 once QuickBooks
        -- calls the estimate Closed.
        round(backlog_amount * decided.exchange_rate, 2)::decimal(18, 2) as backlog_home,
        -- Number of invoices made from the estimate up to the run's date.
        decided.invoice_count::integer as invoice_count,
        (decided.as_of_date - decided.txn_date)::integer as age_days,  -- Age of the estimate in days since its date.
        -- Days from the estimate's date to its outcome, or to the run's date while it is open or expired.
        days_open,

        decided.realm_id,  -- QuickBooks id of the company (realm).
        decided.estimate_id,  -- QuickBooks id of the estimate.
        decided.customer_id,  -- QuickBooks id of the customer that the estimate was made for.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        coalesce(customers.root_customer_id, decided.customer_id) as root_customer_id,
    from decided
    join companies using (realm_id)
    left join customers using (realm_id, customer_id)
)

select * from final
