-- What became of each estimate, and what the open ones will bring. One row per estimate dated up to the run's date.
-- The sum of forecast_home_90d over a company is its forecast; rates by age are in core.estimate_rates.
with

estimates as (
    select * from core.estimates
),

chances as (
    select *
    from core.estimate_chances
    where known_by_date = as_of_date
),

rates as (
    select *
    from core.estimate_rates
    where cohort = 'all'
),

customers as (
    select * from core.customers
),

models as (
    select realm_id, any_value(model_status) as model_status
    from core.estimate_outcomes
    where known_by_date = as_of_date
    group by all
),

final as (
    select
        estimates.realm_id,  -- QuickBooks company id (realm)
        estimates.estimate_id,  -- QuickBooks id of the estimate
        estimates.customer_id,  -- Customer it was made for
        estimates.root_customer_id,  -- Top of that customer's chain of parents

        customers.display_name as customer_name,  -- Name of the customer
        estimates.doc_number,  -- Number printed on the estimate
        estimates.txn_status,  -- What QuickBooks says now: Pending, Accepted, Closed, Rejected or Converted
        estimates.outcome,  -- won, lost, open or voided, on the run's date
        -- Where its date comes from: accepted_date, invoice (the first), expiration, or last_updated where QuickBooks
        -- states none
        estimates.outcome_date_source,
        estimates.currency,  -- Currency of the estimate
        estimates.exchange_rate,  -- Home units per unit of that currency

        estimates.total_amount,  -- Total with tax, in its currency
        estimates.total_home,  -- Total in home currency at the estimate's rate
        estimates.invoiced_amount,  -- Invoiced from it, tax included, in its currency
        estimates.invoiced_home,  -- The same in home currency at the invoices' rates
        if(outcome = 'open', estimates.total_amount, 0)::decimal(18, 2) as open_amount,  -- Total while open, else 0
        if(outcome = 'open', estimates.total_home, 0)::decimal(18, 2) as open_home,  -- The same in home currency
        estimates.backlog_amount,  -- Won and not invoiced yet; 0 once QuickBooks calls it Closed
        estimates.backlog_home,  -- The same in home currency

        estimates.invoice_count,  -- Invoices made from it
        -- Share invoiced, 1 at most; null for a total of 0
        if(estimates.total_amount > 0, least(1, estimates.invoiced_amount / estimates.total_amount), null)::double as conversion,
        estimates.age_days,  -- Days since its date
        -- Days from its date to its being won, negative when accepted before; null when not won
        if(outcome = 'won', outcome_date - estimates.txn_date, null)::integer as days_to_win,

        p_win_30d,  -- Chance that it is won within 30 days, given its age; null unless open and fitted
        p_win_90d,  -- The same within 90 days
        p_win,  -- The same ever, as far as the oldest estimates on record show
        -- Expected within 30 days: total times chance while open, the backlog once won; null while open when not fitted
        (if(outcome = 'open', estimates.total_home * p_win_30d::decimal(20, 6), 0) + estimates.backlog_home)::decimal(18, 2) as forecast_home_30d,
        -- The same within 90 days
        (if(outcome = 'open', estimates.total_home * p_win_90d::decimal(20, 6), 0) + estimates.backlog_home)::decimal(18, 2) as forecast_home_90d,
        -- The same ever
        (if(outcome = 'open', estimates.total_home * p_win::decimal(20, 6), 0) + estimates.backlog_home)::decimal(18, 2) as forecast_home,
        -- The naive forecast: the company's win rate by amount instead of the chance
        (if(outcome = 'open', estimates.total_home * amount_win_rate::decimal(20, 6), 0) + estimates.backlog_home)::decimal(18, 2) as forecast_by_rate_home,
        rates.win_rate,  -- The company's win rate by number, the same on each row; null when nothing is decided
        rates.amount_win_rate,  -- The same by amount, in home currency
        -- The company's estimates won or lost: n of the rates and chances
        (rates.won_count + rates.lost_count)::integer as decided_count,

        -- True when more was invoiced than estimated
        estimates.invoiced_amount > estimates.total_amount as over_invoiced,

        -- fitted from 10 decided estimates on, one of them won; else insufficient_data
        coalesce(models.model_status, 'insufficient_data') as model_status,

        estimates.as_of_date,  -- Day whose end this describes
        estimates.txn_date,  -- Date of the estimate
        estimates.expiration_date,  -- Last day it may be accepted; null when it does not expire
        estimates.accepted_date,  -- Day the customer accepted; null when not stated
        estimates.first_invoice_date,  -- Date of the first invoice made from it; null when none
        estimates.outcome_date,  -- Day it was won or lost; null while open
    from estimates
    left join chances using (realm_id, estimate_id)
    left join rates using (realm_id)
    left join models using (realm_id)
    left join customers on customers.realm_id = estimates.realm_id and customers.customer_id = estimates.customer_id
)

select * from final
