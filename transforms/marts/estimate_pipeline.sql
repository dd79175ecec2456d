-- One row per estimate dated up to the run's date: what became of it, and what open and expired ones will bring. The sum of
-- forecast_home_90d over a company is its forecast; rates by age stand in core.estimate_rates.
with

companies as (
    select * from core.companies
),

estimates as (
    select * from core.estimates
),

chances as (
    select realm_id, estimate_id, p_win_30d, p_win_90d, p_win
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
    where known_by_date = as_of_date and state = 'open'
    group by all
),

expired as (
    select
        realm_id,
        count(days_expired) as ever_expired_count,
        count(days_expired) filter (where outcome = 'won') as won_expired_count,
    from core.estimate_states
    join (select realm_id, history_start_date from companies) using (realm_id)
    where known_by_date = as_of_date and outcome <> 'voided' and txn_date >= history_start_date
    group by all
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        customers.full_name as customer_name,  -- Full name of the customer the estimate was made for, as Parent:Job.
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        customers.root_customer_name,
        estimates.doc_number,  -- Number printed on the estimate.
        estimates.txn_status,  -- Status that QuickBooks states now: Pending, Accepted, Closed, Rejected or Converted.
        -- Outcome on the run's date: won, lost, open, expired (past its last day and neither won nor turned down, so that
        -- it may still be won) or voided.
        estimates.outcome,
        -- Where the outcome's date comes from: accepted_date, invoice (the first), or last_updated where QuickBooks
        -- states none.
        estimates.outcome_date_source,
        estimates.currency,  -- Currency of the estimate, as an ISO 4217 code.
        -- State of the model of chances: fitted from 10 decided estimates on, one of which is won; else
        -- insufficient_data.
        coalesce(models.model_status, 'insufficient_data') as model_status,

        estimates.txn_date,  -- Date of the estimate.
        estimates.expiration_date,  -- Last day on which the estimate may be accepted; null when it does not expire.
        estimates.accepted_date,  -- Day on which the customer accepted the estimate; null when not stated.
        estimates.first_invoice_date,  -- Date of the first invoice made from the estimate; null when none was.
        estimates.outcome_date,  -- Day on which the estimate was won or lost; null while open or expired.
        companies.as_of_date,  -- Day at whose end the figures stand.

        -- Units of home currency per unit of the estimate's currency; 1 for estimates in home currency.
        estimates.exchange_rate,
        estimates.total_amount,  -- Total of the estimate with tax, in the estimate's currency.
        estimates.total_home,  -- Total of the estimate with tax, in home currency at the estimate's rate.
        estimates.invoiced_amount,  -- Amount invoiced from the estimate, tax included, in the estimate's currency.
        -- Amount invoiced from the estimate, tax included, in home currency at the invoices' rates.
        estimates.invoiced_home,
        -- Total while the estimate is open, else 0, in the estimate's currency.
        if(outcome = 'open', estimates.total_amount, 0)::decimal(18, 2) as open_amount,
        -- Total while the estimate is open, else 0, in home currency at the estimate's rate.
        if(outcome = 'open', estimates.total_home, 0)::decimal(18, 2) as open_home,
        -- Amount won and not yet invoiced, in the estimate's currency; 0 once QuickBooks calls the estimate Closed.
        estimates.backlog_amount,
        -- Amount won and not yet invoiced, in home currency; 0 once QuickBooks calls the estimate Closed.
        estimates.backlog_home,
        -- Amount expected within 30 days, in home currency: total times chance while open or expired, the backlog once
        -- won; null while open or expired when the model is not fitted.
        (if(outcome in ('open', 'expired'), estimates.total_home * p_win_30d::decimal(20, 6), 0) + estimates.backlog_home)::decimal(18, 2) as forecast_home_30d,
        -- Amount expected within 90 days, in home currency: total times chance while open or expired, the backlog once
        -- won; null while open or expired when the model is not fitted.
        (if(outcome in ('open', 'expired'), estimates.total_home * p_win_90d::decimal(20, 6), 0) + estimates.backlog_home)::decimal(18, 2) as forecast_home_90d,
        -- Amount expected at any time, in home currency: total times chance while open or expired, the backlog once
        -- won; null while open or expired when the model is not fitted.
        (if(outcome in ('open', 'expired'), estimates.total_home * p_win::decimal(20, 6), 0) + estimates.backlog_home)::decimal(18, 2) as forecast_home,
        -- Naive forecast, in home currency: total times the company's win rate by amount while open or expired, the
        -- backlog once won.
        (if(outcome in ('open', 'expired'), estimates.total_home * amount_win_rate::decimal(20, 6), 0) + estimates.backlog_home)::decimal(18, 2) as naive_forecast_home,
        estimates.invoice_count,  -- Number of invoices made from the estimate.
        -- Share of the estimate that is invoiced, 0 to 1; null for a total of 0.
        if(estimates.total_amount > 0, least(1, estimates.invoiced_amount / estimates.total_amount), null)::double as conversion_rate,
        estimates.age_days,  -- Days since the date of the estimate.
        -- Days from the estimate's date to its being won, negative when it was accepted earlier; null when not won.
        if(outcome = 'won', outcome_date - estimates.txn_date, null)::integer as days_to_win,
        -- Probability that the estimate is won within 30 days, given its age, or the days since it expired where ten
        -- estimates have, 0 to 1; null unless open or expired and the model is fitted.
        p_win_30d,
        -- Probability that the estimate is won within 90 days, given its age, or the days since it expired where ten
        -- estimates have, 0 to 1; null unless open or expired and the model is fitted.
        p_win_90d,
        -- Probability that the estimate is ever won, as far as the oldest estimates on record show, 0 to 1; null unless
        -- open or expired and the model is fitted.
        p_win,
        -- Share of the company's decided estimates that were won, by number, 0 to 1; null when nothing is decided.
        rates.win_rate,
        -- Share of the company's decided estimates that were won, by amount in home currency, 0 to 1; null when nothing
        -- is decided.
        rates.amount_win_rate,
        -- Share of the company's estimates undecided at their expiration that were won later, 0 to 1; null when none was.
        (won_expired_count / nullif(ever_expired_count, 0))::double as won_after_expiry_rate,
        -- Number of the company's estimates that were undecided at their expiration, those won or lost later included.
        coalesce(ever_expired_count, 0)::integer as ever_expired_count,
        -- Number of the company's estimates that were won or lost.
        (rates.won_count + rates.lost_count)::integer as decided_count,
        -- True when more was invoiced than estimated.
        estimates.invoiced_amount > estimates.total_amount as over_invoiced,

        estimates.realm_id,  -- QuickBooks id of the company (realm).
        estimates.estimate_id,  -- QuickBooks id of the estimate.
        estimates.customer_id,  -- QuickBooks id of the customer the estimate was made for.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        estimates.root_customer_id,
    from estimates
    join companies using (realm_id)
    left join chances using (realm_id, estimate_id)
    left join rates using (realm_id)
    left join models using (realm_id)
    left join expired using (realm_id)
    left join customers on customers.realm_id = estimates.realm_id and customers.customer_id = estimates.customer_id
)

select * from final
