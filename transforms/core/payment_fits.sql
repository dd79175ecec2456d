-- What the payment forecast knows: everything up to the run's date, and up to 90 days before it for the backtest.
-- One row per company and of the two days; below 30 paid invoices there is too little to forecast from.
with

companies as (
    select * from core.companies
),

payment_times as (
    select * from core.payment_times
),

days as (
    select
        realm_id,
        as_of_date,
        unnest([as_of_date, as_of_date - 90]) as known_until,
    from companies
),

counted as (
    select
        realm_id,
        known_until,
        count(*) as invoice_count,
        count(*) filter (where is_paid and closed_date <= known_until) as paid_count,
    from payment_times
    join days using (realm_id)
    where txn_date <= known_until
    group by all
),

final as (
    select
        days.realm_id,  -- QuickBooks company id (realm)
        days.known_until,  -- Day up to which facts are used

        coalesce(invoice_count, 0)::integer as invoice_count,  -- Invoices dated by then
        -- Those paid in full with money by then: n of the company's curve
        coalesce(paid_count, 0)::integer as company_paid_count,
        -- fitted from 30 paid invoices on, else insufficient_data
        if(coalesce(paid_count, 0) >= 30, 'fitted', 'insufficient_data') as model_status,

        days.known_until < days.as_of_date as is_backtest,  -- True for the earlier day
        days.as_of_date,  -- Day whose end this describes
    from days
    left join counted using (realm_id, known_until)
)

select * from final
