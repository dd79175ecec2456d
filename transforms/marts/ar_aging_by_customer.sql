-- Who owes us what, by how long it is overdue. One row per customer with anything open, itself or below it.
-- In home currency, credits netted in the bucket of their own date, as QuickBooks's report does.
with

open_receivables as (
    select * from core.open_receivables
),

companies as (
    select * from core.companies
),

customers as (
    select * from core.customers
),

customer_family as (
    select * from core.customer_family
),

by_customer as (
    select
        realm_id,
        customer_id,
        coalesce(sum(open_home) filter (where bucket = 'current'), 0) as current,
        coalesce(sum(open_home) filter (where bucket = '1-30'), 0) as d1_30,
        coalesce(sum(open_home) filter (where bucket = '31-60'), 0) as d31_60,
        coalesce(sum(open_home) filter (where bucket = '61-90'), 0) as d61_90,
        coalesce(sum(open_home) filter (where bucket = '91+'), 0) as d91_plus,
        sum(open_home) as total_open,
        sum(open_amount) as total_open_amount,
        coalesce(sum(open_home) filter (where open_home > 0), 0) as gross_open_invoices,
        coalesce(-sum(open_home) filter (where open_home < 0), 0) as unapplied_credits,
        coalesce(sum(open_home) filter (where open_home > 0 and days_past_due > 0), 0) as overdue_amount,
        count(*) filter (where doc_type = 'Invoice') as open_invoice_count,
        max(days_past_due) filter (where open_home > 0) as max_days_past_due,
        sum(open_home * days_past_due) filter (where open_home > 0) as days_weighted,
    from open_receivables
    group by all
),

with_subs as (
    select
        customer_family.realm_id,
        customer_family.ancestor_customer_id as customer_id,
        sum(total_open) as total_open_with_subs,
        sum(overdue_amount) as overdue_with_subs,
    from by_customer
    join customer_family using (realm_id, customer_id)
    group by all
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        customer_id,  -- Customer, job or sub-customer
        -- Top of that customer's chain of parents
        coalesce(customers.root_customer_id, customer_id) as root_customer_id,

        customers.display_name as customer_name,  -- Name of the customer
        -- Name at the top of the chain, the same for a customer without parents
        roots.display_name as root_customer_name,
        customers.currency,  -- Currency the customer trades in

        coalesce(by_customer.current, 0)::decimal(18, 2) as current,  -- Not yet due
        coalesce(d1_30, 0)::decimal(18, 2) as d1_30,  -- 1 to 30 days past due
        coalesce(d31_60, 0)::decimal(18, 2) as d31_60,  -- 31 to 60 days past due
        coalesce(d61_90, 0)::decimal(18, 2) as d61_90,  -- 61 to 90 days past due
        coalesce(d91_plus, 0)::decimal(18, 2) as d91_plus,  -- 91 or more days past due
        -- All five together: what the customer owes, net of credits
        coalesce(total_open, 0)::decimal(18, 2) as total_open,
        coalesce(gross_open_invoices, 0)::decimal(18, 2) as gross_open_invoices,  -- Open charges alone
        -- Credits and payments not used up, as a positive amount
        coalesce(unapplied_credits, 0)::decimal(18, 2) as unapplied_credits,
        coalesce(overdue_amount, 0)::decimal(18, 2) as overdue_amount,  -- Open charges past their due date
        -- Total of the customer and everyone below it
        coalesce(total_open_with_subs, total_open)::decimal(18, 2) as total_open_with_subs,
        -- Overdue of the customer and everyone below it
        coalesce(overdue_with_subs, overdue_amount)::decimal(18, 2) as overdue_with_subs,

        coalesce(open_invoice_count, 0)::integer as open_invoice_count,  -- Invoices with something open
        -- Age of the oldest open charge past due; 0 when none is
        coalesce(max_days_past_due, 0)::integer as max_days_past_due,
        -- Days past due, weighted by open charges; null without any
        (days_weighted / nullif(gross_open_invoices, 0))::double as wavg_days_past_due,

        -- What the customer owes in its own currency
        coalesce(total_open_amount, 0)::decimal(18, 2) as total_open_amount,
        customers.balance as qbo_balance,  -- What QuickBooks says now, in the customer's currency
        customers.balance_with_jobs as qbo_balance_with_jobs,  -- The same with everyone below
        -- Ours less QuickBooks's; means something on the run's own date, where it should be 0
        (coalesce(total_open_amount, 0) - customers.balance)::decimal(18, 2) as diff_to_qbo,

        companies.as_of_date,  -- Day whose end this describes
    from by_customer
    full join with_subs using (realm_id, customer_id)
    join companies using (realm_id)
    left join customers using (realm_id, customer_id)
    left join customers as roots
        on roots.realm_id = companies.realm_id
        and roots.customer_id = coalesce(customers.root_customer_id, by_customer.customer_id, with_subs.customer_id)
)

select * from final
