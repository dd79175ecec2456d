-- One row per time activity, and per line of a bill or purchase, that is billable and not billed yet: what can still be
-- invoiced, to whom, and since when. In home currency, without tax. Delayed charges are missing: QuickBooks gives them
-- to no application before they are invoiced.
with

companies as (
    select * from core.companies
),

customers as (
    select * from core.customers
),

items as (
    select * from core.items
),

time_activities as (
    select
        realm_id,
        'time' as kind,
        'TimeActivity' as doc_type,
        time_activity_id as doc_id,
        1 as line_no,
        customer_id,
        item_id,
        description,
        txn_date,
        (coalesce(hours, 0) + coalesce(minutes, 0) / 60)::double as hours,
        round((coalesce(hours, 0) * 60 + coalesce(minutes, 0)) * hourly_rate / 60, 2) as amount_home,
    from staging.time_activities
    where billable_status = 'Billable'
),

expenses as (
    select
        realm_id,
        'expense' as kind,
        'Bill' as doc_type,
        bill_id as doc_id,
        line_no,
        lines.customer_id,
        item_id,
        description,
        txn_date,
        null::double as hours,
        line_amount,
        markup_pct,
        exchange_rate,
    from staging.bills
    join staging.bill_lines as lines using (realm_id, bill_id)
    where billable_status = 'Billable' and not is_voided

    union all

    select
        realm_id,
        'expense',
        'Purchase',
        purchase_id,
        line_no,
        lines.customer_id,
        item_id,
        description,
        txn_date,
        null,
        if(coalesce(is_credit, false), -line_amount, line_amount),
        markup_pct,
        exchange_rate,
    from staging.purchases
    join staging.purchase_lines as lines using (realm_id, purchase_id)
    where billable_status = 'Billable' and not is_voided
),

priced as (
    select
        * exclude (line_amount, markup_pct, exchange_rate),
        round(line_amount * exchange_rate * (1 + coalesce(markup_pct, 0) / 100), 2) as amount_home,
    from expenses
),

work as (
    select * from time_activities
    union all by name
    select * from priced
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        -- Full name of the customer to bill: the names of all levels joined by colons, as Parent:Job.
        customers.full_name as customer_name,
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        customers.root_customer_name,
        work.kind,  -- What can be billed: time or expense.
        items.full_name as item_name,  -- Full name of the item or service; null where none is named.
        work.description,  -- Text of the activity or line.
        work.doc_type,  -- Type of the document: TimeActivity, Bill or Purchase.
        work.line_no,  -- Position of the line on the bill or purchase; 1 for a time activity.

        work.txn_date,  -- Date of the document.
        companies.as_of_date,  -- Day at whose end the figures stand.

        work.hours,  -- Duration of a time activity in hours, a unit of its own; null for expenses.
        -- Amount to bill, with the markup of an expense, in home currency; null for time without a rate, and where no
        -- column holds it.
        try_cast(work.amount_home as decimal(18, 2)) as amount_home,
        (companies.as_of_date - work.txn_date)::integer as age_days,  -- Days since the date of the document.

        work.realm_id,  -- QuickBooks id of the company (realm).
        work.doc_id,  -- QuickBooks id of the time activity, bill or purchase.
        work.customer_id,  -- QuickBooks id of the customer to bill; null where a line names none.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        coalesce(customers.root_customer_id, work.customer_id) as root_customer_id,
        work.item_id,  -- QuickBooks id of the item or service; null where none is named.
    from work
    join companies using (realm_id)
    left join customers using (realm_id, customer_id)
    left join items using (realm_id, item_id)
    where work.txn_date <= companies.as_of_date
)

select * from final
