-- One row per company and calendar month, from the first with revenue in the books' history to that of the run's date, months without
-- sales too. In home currency.
with

companies as (
    select * from core.companies
),

sales_lines as (
    select *
    from core.sales_lines
    join companies using (realm_id)
    where txn_date between history_start_date and as_of_date and not is_voided
),

revenue_lines as (
    select * from sales_lines where is_revenue
),

sales_days as (
    select
        realm_id,
        as_of_date,
        txn_date,
        txn_date - lag(txn_date) over (partition by realm_id order by txn_date) as days_since_last,
    from revenue_lines
    group by realm_id, as_of_date, txn_date
),

beginnings as (
    select
        realm_id,
        as_of_date,
        min(txn_date) as first_date,
        date_trunc('month', first_date)::date as first_month,
        first_date - first_month > max(days_since_last) as is_cut,
    from sales_days
    group by all
),

months as (
    select
        *,
        unnest(generate_series(first_month, as_of_date, interval 1 month))::date as month,
    from beginnings
),

sums as (
    select
        realm_id,
        date_trunc('month', txn_date)::date as month,
        sum(gross_home) filter (where doc_type in ('Invoice', 'SalesReceipt')) as gross_sales,
        sum(discount_home) filter (where doc_type in ('Invoice', 'SalesReceipt')) as discounts,
        -sum(net_home) filter (where doc_type in ('CreditMemo', 'RefundReceipt')) as refunds,
        sum(net_home) filter (where doc_type = 'Invoice') as invoiced_revenue,
        sum(net_home) filter (where doc_type = 'SalesReceipt') as receipt_revenue,
        sum(net_home) as net_revenue,
        sum(cost_home) as cost,
        sum(net_home) filter (where cost_home is not null) as revenue_with_cost,
    from revenue_lines
    group by all
),

beside_revenue as (
    select
        realm_id,
        date_trunc('month', txn_date)::date as month,
        sum(net_home) filter (where posting_kind = 'other income') as other_income,
        sum(net_home) filter (where posting_kind = 'recovered cost') as recovered_cost,
        sum(net_home) filter (where posting_kind = 'balance sheet') as balance_sheet_amount,
    from sales_lines
    where not is_revenue
    group by all
),

final as (
    select
        months.month,  -- First day of the month.
        months.as_of_date,  -- Day at whose end the figures stand.

        -- Lines of invoices and sales receipts that post to income accounts, without tax, before discount, in home
        -- currency.
        coalesce(sums.gross_sales, 0)::decimal(18, 2) as gross_sales,
        -- Discounts on invoices and sales receipts, positive, in home currency.
        coalesce(sums.discounts, 0)::decimal(18, 2) as discounts,
        -- Lines of credit memos and refund receipts that post to income accounts, without tax, net of their discount,
        -- positive, in home currency.
        coalesce(sums.refunds, 0)::decimal(18, 2) as refunds,
        -- Gross sales less discounts less refunds, in home currency.
        coalesce(sums.net_revenue, 0)::decimal(18, 2) as net_revenue,
        -- Part of gross sales less discounts that was invoiced, in home currency.
        coalesce(sums.invoiced_revenue, 0)::decimal(18, 2) as invoiced_revenue,
        -- Part of gross sales less discounts that was paid on the spot, by sales receipt, in home currency.
        coalesce(sums.receipt_revenue, 0)::decimal(18, 2) as receipt_revenue,
        -- What sales forms post to accounts of other income, beside net revenue, in home currency.
        coalesce(beside_revenue.other_income, 0)::decimal(18, 2) as other_income,
        -- What sales forms post to accounts of cost and expense, such as costs passed on, less small amounts written off
        -- there, beside net revenue, in home currency.
        coalesce(beside_revenue.recovered_cost, 0)::decimal(18, 2) as recovered_cost,
        -- What sales forms post to balance-sheet accounts, such as retainers and money held for others, less what they
        -- take out again, beside net revenue, in home currency.
        coalesce(beside_revenue.balance_sheet_amount, 0)::decimal(18, 2) as balance_sheet_amount,
        -- Cost of what was sold, where known, in home currency; null when no cost is known.
        sums.cost::decimal(18, 2) as cost,
        -- Net revenue of the lines with a known cost, in home currency; null when there are none.
        sums.revenue_with_cost::decimal(18, 2) as costed_revenue,
        -- False for the month of the run's date while it lasts, and for a first month before whose first sale there
        -- were more days without one than ever after.
        last_day(months.month) <= months.as_of_date
        and not (months.month = months.first_month and coalesce(months.is_cut, false)) as is_complete,

        months.realm_id,  -- QuickBooks id of the company (realm).
    from months
    left join sums using (realm_id, month)
    left join beside_revenue using (realm_id, month)
)

select * from final
