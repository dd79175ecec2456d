-- One row per customer and period: what stood open and what was sold on credit, the base of DSO and of collection
-- effectiveness. The period is the last 90 days, the last 365 days, or all since the customer's first document. In home
-- currency.
with

companies as (
    select * from core.companies
),

receivables as (
    select *
    from core.receivables
    join companies using (realm_id)
    where txn_date <= as_of_date and not is_voided
),

balances as (
    select * from core.receivable_balances where open_amount <> 0
),

open_receivables as (
    select * from core.open_receivables
),

periods as (
    select
        realm_id,
        customer_id,
        as_of_date,
        unnest(['90d', '365d', 'all']) as period,
        unnest([as_of_date - 90, as_of_date - 365, min(txn_date) - 1]) as after_date,
        as_of_date - after_date as days,
        unnest([3.0, 12.0, greatest(1, (as_of_date - min(txn_date) + 1) / 30.4375)]) as months,
    from receivables
    group by realm_id, customer_id, as_of_date
),

credit_sales as (
    select *
    from core.credit_sales
    join companies using (realm_id)
),

sold as (
    select realm_id, customer_id, period, sum(sales_amount) as credit_sales
    from periods
    join credit_sales using (realm_id, customer_id, as_of_date)
    where txn_date > after_date
    group by all
),

ending as (
    select
        realm_id,
        customer_id,
        sum(open_home) as ending_amount,
        coalesce(sum(open_home) filter (where bucket = 'current'), 0) as ending_current_amount,
    from open_receivables
    group by all
),

months as (
    select
        realm_id,
        customer_id,
        as_of_date,
        date_trunc('month', txn_date)::date as month_start,
        least(last_day(txn_date), as_of_date) as month_end,
        sum(sales_amount) as month_sales,
    from credit_sales
    group by all
),

months_back as (
    select
        *,
        sum(month_sales) over (
            partition by realm_id, customer_id
            order by month_start desc
            rows between unbounded preceding and current row
        ) as sales_back,
    from months
),

countback as (
    select
        realm_id,
        customer_id,
        min_by(
            (as_of_date - month_end)
            + (ending_amount - (sales_back - month_sales)) / month_sales * (month_end - month_start + 1),
            as_of_date - month_end
        ) as dso_countback,
    from months_back
    join ending using (realm_id, customer_id)
    where ending_amount > 0 and month_sales > 0 and sales_back >= ending_amount
    group by all
),

opening as (
    select
        realm_id,
        customer_id,
        period,
        sum(open_home) as opening_amount,
    from balances
    join periods using (realm_id, customer_id)
    where from_date <= after_date and (until_date is null or until_date > after_date) and period <> 'all'
    group by all
),

final as (
    select
        periods.period,  -- Period up to the run's date: 90d, 365d or all.

        periods.after_date,  -- Day before the first day of the period.
        periods.as_of_date,  -- Day at whose end the period closes.

        -- Number of days in the period; of the period all, the days since the customer's first document.
        periods.days::integer as days,
        -- Length of the period in months: 3, 12, or the days divided by 30.4375 but at least 1.
        periods.months::double as months,
        -- Revenue sold on account in the period, tax included, in home currency: by invoices less credit memos, and by
        -- journal entries that put it into receivables.
        coalesce(credit_sales, 0)::decimal(18, 2) as credit_sales,
        -- Receivable before the period, net of credits, in home currency; 0 for the period all.
        coalesce(opening_amount, 0)::decimal(18, 2) as opening_amount,
        -- Receivable on the run's date, net of credits, in home currency.
        coalesce(ending_amount, 0)::decimal(18, 2) as ending_amount,
        -- Part of the receivable on the run's date that is not yet due, net of credits, in home currency.
        coalesce(ending_current_amount, 0)::decimal(18, 2) as ending_current_amount,
        -- Days sales outstanding, counted back month by month on the run's date, in days; null when the sales on record
        -- never reach the receivable.
        if(coalesce(ending_amount, 0) = 0, 0, dso_countback)::double as dso_countback,

        periods.realm_id,  -- QuickBooks id of the company (realm).
        periods.customer_id,  -- QuickBooks id of the customer on the documents.
    from periods
    left join sold using (realm_id, customer_id, period)
    left join opening using (realm_id, customer_id, period)
    left join ending using (realm_id, customer_id)
    left join countback using (realm_id, customer_id)
)

select * from final
