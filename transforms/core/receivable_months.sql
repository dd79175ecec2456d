-- One row per company and month, from that of the first receivable in the books' history to that of the run's date,
-- which ends with it: what was sold on account, and what stood open at the month's end. In home currency.
with

companies as (
    select * from core.companies
),

receivables as (
    select *
    from core.receivables
    join companies using (realm_id)
    where txn_date between history_start_date and as_of_date and not is_voided
),

open_items as (
    select * from core.month_end_receivables
),

credit_sales as (
    select
        realm_id,
        date_trunc('month', txn_date)::date as month_start,
        sum(sales_amount) as credit_sales,
    from core.credit_sales
    group by all
),

open_charges as (
    select realm_id, month_start, sum(greatest(open_home, 0)) as open_charges_amount
    from open_items
    group by all
),

calendar as (
    select
        realm_id,
        as_of_date,
        unnest(generate_series(
            date_trunc('month', min(txn_date)),
            date_trunc('month', as_of_date),
            interval 1 month
        ))::date as month_start,
    from receivables
    group by realm_id, as_of_date
),

final as (
    select
        calendar.month_start,  -- First day of the month.
        least(last_day(calendar.month_start), as_of_date) as month_end,  -- Last day of the month, or the run's date.

        (month_end - calendar.month_start + 1)::integer as days,  -- Days of the month, up to the run's date.
        -- Revenue sold on account in the month, tax included, in home currency: by invoices less credit memos, and by
        -- journal entries that put it into receivables.
        coalesce(credit_sales, 0)::decimal(18, 2) as credit_sales,
        -- Open charges at the month's end, before credits, in home currency.
        coalesce(open_charges_amount, 0)::decimal(18, 2) as open_charges_amount,

        realm_id,  -- QuickBooks id of the company (realm).
    from calendar
    left join credit_sales using (realm_id, month_start)
    left join open_charges using (realm_id, month_start)
)

select * from final
