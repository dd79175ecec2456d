-- One row per company and each of two days: what the payment forecast knows up to the run's date, and up to 90 days
-- before for the backtest. What is paid on its own day was never open at a day's end and says nothing of open invoices.
-- Below 5 others there is too little to forecast from.
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
        count(*) filter (where is_paid and closed_date <= known_until and closed_date > txn_date) as paid_count,
    from payment_times
    join days using (realm_id)
    where txn_date <= known_until
    group by all
),

final as (
    select
        -- Whether there is enough to forecast from: fitted from 5 paid invoices on, else insufficient_data.
        if(coalesce(paid_count, 0) >= 5, 'fitted', 'insufficient_data') as model_status,

        days.known_until,  -- Day up to which facts are used: the run's date, or 90 days before.
        days.as_of_date,  -- Day at whose end the figures stand.

        coalesce(invoice_count, 0)::integer as invoice_count,  -- Number of invoices dated up to the day of knowledge.
        -- Number of invoices paid in full with money up to the day of knowledge, and later than on their own day, on which
        -- the company's curve rests.
        coalesce(paid_count, 0)::integer as company_paid_count,
        -- True for the earlier day, from which the forecast is put to the test.
        days.known_until < days.as_of_date as is_backtest,

        days.realm_id,  -- QuickBooks id of the company (realm).
    from days
    left join counted using (realm_id, known_until)
)

select * from final
