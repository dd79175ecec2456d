-- One row per company and month of core.receivable_months: days sales outstanding at the month's end by the methods of
-- practice, each from gross open charges and credit sales with tax, in home currency.
with

months as (
    select * from core.receivable_months
),

receivables as (
    select *
    from core.month_end_receivables
    where doc_type = 'Invoice' and open_home > 0
),

invoices as (
    select realm_id, doc_id, txn_date
    from core.receivables
    where doc_type = 'Invoice'
),

credit_sales as (
    select realm_id, txn_date, sum(sales_amount) as sales_amount
    from core.credit_sales
    group by all
),

first_days as (
    select realm_id, min(txn_date) as first_date
    from credit_sales
    group by all
),

sold as (
    select
        months.realm_id,
        months.month_start,
        sum(if(txn_date > month_end - 90, sales_amount, 0)) as sales_90d,
        sum(sales_amount) as sales_365d,
    from months
    join credit_sales
        on credit_sales.realm_id = months.realm_id
        and credit_sales.txn_date > months.month_end - 365
        and credit_sales.txn_date <= months.month_end
    group by all
),

-- What is open of each month of sale at each month's end, against what that month sold.
unpaid as (
    select
        realm_id,
        month_start,
        date_trunc('month', txn_date)::date as sale_month,
        sum(open_home) as open_home,
        sum(open_home * (month_end - txn_date)) as weighted_age,
    from receivables
    join invoices using (realm_id, doc_id)
    group by all
),

true_days as (
    select
        unpaid.realm_id,
        unpaid.month_start,
        bool_and(months.credit_sales > 0) as is_covered,
        sum(weighted_age / nullif(months.credit_sales, 0)) as true_dso,
        sum(unpaid.open_home / nullif(months.credit_sales, 0) * months.days) as sales_weighted_dso,
        sum(weighted_age) / sum(unpaid.open_home) as mean_age_days,
    from unpaid
    join months on months.realm_id = unpaid.realm_id and months.month_start = unpaid.sale_month
    group by all
),

final as (
    select
        months.month_start,  -- First day of the month.

        -- Revenue sold on account in the 90 days up to the month's end, tax included, in home currency.
        coalesce(sales_90d, 0)::decimal(18, 2) as credit_sales_90d,
        -- Revenue sold on account in the 365 days up to the month's end, tax included, in home currency.
        coalesce(sales_365d, 0)::decimal(18, 2) as credit_sales_365d,
        -- Days sales outstanding of 90 days: open charges divided by the credit sales of 90 days, times 90; null in the
        -- first 90 days with sales on credit, and unless more was sold than credited.
        if(month_end - first_date >= 89 and sales_90d > 0, open_charges_amount / sales_90d * 90, null)::double as dso_90d,
        -- Days sales outstanding of 12 months: open charges divided by the credit sales of 365 days, times 365; null in
        -- the first 365 days with sales on credit, and unless more was sold than credited.
        if(month_end - first_date >= 364 and sales_365d > 0, open_charges_amount / sales_365d * 365, null)::double as dso_365d,
        -- True days sales outstanding (Credit Research Foundation), in days: each open invoice's age times its open
        -- amount, divided by the credit sales of its own month; null where such a month sold no more than it credited.
        if(mean_age_days is null, 0, if(is_covered, true_dso, null))::double as true_dso,
        -- Sales weighted days sales outstanding, in days: what is open of each month of sale, divided by that month's
        -- credit sales, times its days; null where such a month sold no more than it credited.
        if(mean_age_days is null, 0, if(is_covered, sales_weighted_dso, null))::double as sales_weighted_dso,
        -- Average age in days of the open invoices since their dates, weighted by the open amounts; null when none is
        -- open.
        mean_age_days::double as mean_age_days,
        -- Turnover of the accounts receivable, in times a year, or number of times collected: credit sales of 365 days
        -- divided by the mean of the open charges at the month's end and a year before; null in the first year, and
        -- when nothing was open on both days.
        if(
            month_end - first_date >= 364 and sales_365d > 0,
            sales_365d * 2 / nullif(open_charges_amount + lag(open_charges_amount, 12) over by_month, 0),
            null
        )::double as ar_turnover,

        months.realm_id,  -- QuickBooks id of the company (realm).
    from months
    left join first_days using (realm_id)
    left join sold using (realm_id, month_start)
    left join true_days using (realm_id, month_start)
    window by_month as (partition by months.realm_id order by months.month_start)
)

select * from final
