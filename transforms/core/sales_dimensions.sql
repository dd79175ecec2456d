-- One row per company, dimension, member and month with sales: revenue by item, category, class, department, sales rep
-- and in all, and money received by payment method. In home currency, in the months of core.revenue_months.
with

companies as (
    select * from core.companies
),

settings as (
    select * from build.settings
),

sales_lines as (
    select *
    from core.sales_lines
    join companies using (realm_id)
    where txn_date between history_start_date and as_of_date and not is_voided and is_revenue
),

items as (
    select * from core.items
),

months as (
    select realm_id, month from core.revenue_months
),

custom_fields as (
    select realm_id, 'Invoice' as doc_type, invoice_id as doc_id, name, value from staging.invoice_custom_fields
    union all
    select realm_id, 'SalesReceipt', sales_receipt_id, name, value from staging.sales_receipt_custom_fields
    union all
    select realm_id, 'CreditMemo', credit_memo_id, name, value from staging.credit_memo_custom_fields
    union all
    select realm_id, 'RefundReceipt', refund_receipt_id, name, value from staging.refund_receipt_custom_fields
),

sales_reps as (
    select realm_id, doc_type, doc_id, min(value) as rep
    from custom_fields
    cross join settings
    where lower(trim(name)) = lower(trim(sales_rep_field)) and trim(value) <> ''
    group by all
),

-- A line counts as billed in the month of its document, and as earned in that of its service date.
timed as (
    select
        *,
        unnest([txn_date, service_date]) as counted_date,
        unnest([net_home, 0]) as billed,
        unnest([0, net_home]) as earned,
    from sales_lines
    left join sales_reps using (realm_id, doc_type, doc_id)
),

sold as (
    select
        realm_id,
        as_of_date,
        date_trunc('month', counted_date)::date as month,
        item_id,
        class_id,
        department_id,
        rep,
        sum(billed) as billed,
        sum(if(day(counted_date) <= day(as_of_date), billed, 0)) as billed_to_day,
        sum(earned) as earned,
    from timed
    semi join months on months.realm_id = timed.realm_id and months.month = date_trunc('month', timed.counted_date)
    where counted_date <= as_of_date
    group by all
),

received as (
    select realm_id, txn_date, payment_method_id, round(total_amount * exchange_rate, 2) as amount, is_voided
    from staging.payments
    union all
    select realm_id, txn_date, payment_method_id, round(total_amount * exchange_rate, 2), is_voided
    from staging.sales_receipts
    union all
    select realm_id, txn_date, payment_method_id, -round(total_amount * exchange_rate, 2), is_voided
    from staging.refund_receipts
),

money as (
    select
        realm_id,
        date_trunc('month', txn_date)::date as month,
        payment_method_id,
        sum(amount) as amount,
        sum(if(day(txn_date) <= day(as_of_date), amount, 0)) as amount_to_day,
    from received
    join companies using (realm_id)
    where txn_date between history_start_date and as_of_date and not is_voided
    group by all
    having sum(abs(amount)) <> 0
),

members as (
    select realm_id, month, 'company' as dimension, null::varchar as member_id, billed, billed_to_day, earned from sold
    union all
    select realm_id, month, 'item', item_id, billed, billed_to_day, earned from sold
    union all
    select realm_id, month, 'category', parent_item_id, billed, billed_to_day, earned
    from sold
    left join items using (realm_id, item_id)
    union all
    select realm_id, month, 'class', class_id, billed, billed_to_day, earned from sold
    union all
    select realm_id, month, 'department', department_id, billed, billed_to_day, earned from sold
    union all
    select realm_id, month, 'sales rep', rep, billed, billed_to_day, earned from sold
    union all
    select realm_id, month, 'payment method', payment_method_id, amount, amount_to_day, null from money
),

final as (
    select
        dimension,  -- What is told apart: company, item, category, class, department, sales rep or payment method.

        month,  -- First day of the month.

        -- Net revenue of the month by the documents' dates; of a payment method the money received with it; in home
        -- currency.
        sum(billed)::decimal(18, 2) as amount,
        -- Part of the amount dated up to the day of the month on which the run's date falls, in home currency.
        sum(billed_to_day)::decimal(18, 2) as amount_to_day,
        -- Net revenue of the month by the lines' service dates, in home currency; null for payment methods.
        sum(earned)::decimal(18, 2) as earned_amount,

        realm_id,  -- QuickBooks id of the company (realm).
        -- QuickBooks id of the item, category, class, department or payment method, or the sales rep's name; null for
        -- the whole company, and where the documents name none.
        member_id,
    from members
    group by all
)

select * from final
