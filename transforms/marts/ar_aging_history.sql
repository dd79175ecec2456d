-- One row per day, kind and customer with anything open: who owed us what on past days, by how long it was overdue.
-- Restated are month ends and the run's date, as today's books tell them; snapshots are days on which a run passed its
-- checks, as the books told them that day. In home currency; credits are netted in the bucket of their own date.
with

companies as (
    select *
    from core.companies
    join build.as_of_dates using (realm_id, as_of_date)
),

customers as (
    select * from core.customers
),

month_ends as (
    select *
    from core.month_end_receivables
    semi join companies using (realm_id)
),

open_receivables as (
    select * from core.open_receivables
),

open_items as (
    select * from history.open_items
),

items as (
    select
        realm_id,
        'restated' as kind,
        month_end as aging_date,
        customer_id,
        doc_type,
        open_home,
        days_past_due as days,
    from month_ends

    union all

    select realm_id, 'snapshot', open_receivables.as_of_date, customer_id, doc_type, open_home, days_past_due
    from open_receivables
    join companies using (realm_id)
    where is_today

    union all

    select realm_id, 'snapshot', open_items.as_of_date, customer_id, doc_type, open_home, days_past_due
    from open_items
    join companies using (realm_id)
    where open_items.as_of_date < companies.as_of_date
        or (open_items.as_of_date = companies.as_of_date and not is_today)
),

by_customer as (
    select
        realm_id,
        kind,
        aging_date,
        customer_id,
        sum(if(days <= 0, open_home, 0)) as current,
        sum(if(days between 1 and 30, open_home, 0)) as d1_30,
        sum(if(days between 31 and 60, open_home, 0)) as d31_60,
        sum(if(days between 61 and 90, open_home, 0)) as d61_90,
        sum(if(days >= 91, open_home, 0)) as d91_plus,
        current + d1_30 + d31_60 + d61_90 + d91_plus as total_open,
        sum(greatest(open_home, 0)) as gross_open_invoices,
        sum(if(days > 0, greatest(open_home, 0), 0)) as overdue_amount,
        count(*) filter (where doc_type = 'Invoice') as open_invoice_count,
    from items
    group by all
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        -- Full name of the customer, as Parent:Job; null when QuickBooks has it no more, as after a merge.
        customers.full_name as customer_name,
        -- Name of the customer at the top of the family today; null when QuickBooks has the customer no more.
        customers.root_customer_name,
        -- Books that tell the day: restated (as today's books tell it) or snapshot (as the books of that day did).
        by_customer.kind,

        by_customer.aging_date,  -- Day at whose end the row's figures stand.
        companies.as_of_date,  -- Day of the run; nothing later is in the table.

        by_customer.current::decimal(18, 2) as current,  -- Open amount not yet due, net of credits, in home currency.
        d1_30::decimal(18, 2) as d1_30,  -- Open amount 1 to 30 days past due, net of credits, in home currency.
        d31_60::decimal(18, 2) as d31_60,  -- Open amount 31 to 60 days past due, net of credits, in home currency.
        d61_90::decimal(18, 2) as d61_90,  -- Open amount 61 to 90 days past due, net of credits, in home currency.
        -- Open amount 91 or more days past due, net of credits, in home currency.
        d91_plus::decimal(18, 2) as d91_plus,
        -- Open amount of the customer in all, net of credits, in home currency.
        total_open::decimal(18, 2) as total_open,
        -- Open charges of the customer before credits, in home currency.
        gross_open_invoices::decimal(18, 2) as gross_open_invoices,
        -- Credits and payments of the customer that were not used up, as a positive amount in home currency.
        (gross_open_invoices - total_open)::decimal(18, 2) as unapplied_credits,
        -- Open charges of the customer past their due date, before credits, in home currency.
        overdue_amount::decimal(18, 2) as overdue_amount,
        open_invoice_count::integer as open_invoice_count,  -- Number of invoices of the customer with an open amount.

        by_customer.realm_id,  -- QuickBooks id of the company (realm).
        -- QuickBooks id of the customer on the documents; in a snapshot, of the one they named that day.
        by_customer.customer_id,
        -- QuickBooks id of the customer at the top of the family today: the customer itself where it has no parent.
        coalesce(customers.root_customer_id, by_customer.customer_id) as root_customer_id,
    from by_customer
    join companies using (realm_id)
    left join customers using (realm_id, customer_id)
)

select * from final
