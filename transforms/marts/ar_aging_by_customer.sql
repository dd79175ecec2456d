-- One row per customer with anything open, its own or of a customer below it, as of the run's date: who owes us what,
-- by how long it is overdue. In home currency; credits are netted in the bucket of their own date, as QuickBooks's
-- report does.
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
        coalesce(sum(open_home) filter (where open_home > 0 and bucket = '91+'), 0) as d91_plus_charges_amount,
        max(days_past_due) filter (where open_home > 0) as max_days_past_due,
        sum(open_home::decimal(28, 2) * days_past_due) filter (where open_home > 0) as days_weighted,
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
        companies.company_name,  -- Name of the company whose books these are.
        -- Full name of the customer: the names of all levels joined by colons, as Parent:Job.
        customers.full_name as customer_name,
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        customers.root_customer_name,
        customers.currency,  -- Currency that the customer trades in, as an ISO 4217 code.

        companies.as_of_date,  -- Day at whose end the figures stand.

        -- Open amount not yet due, net of credits, in home currency.
        coalesce(by_customer.current, 0)::decimal(18, 2) as current,
        -- Open amount 1 to 30 days past due, net of credits, in home currency.
        coalesce(d1_30, 0)::decimal(18, 2) as d1_30,
        -- Open amount 31 to 60 days past due, net of credits, in home currency.
        coalesce(d31_60, 0)::decimal(18, 2) as d31_60,
        -- Open amount 61 to 90 days past due, net of credits, in home currency.
        coalesce(d61_90, 0)::decimal(18, 2) as d61_90,
        -- Open amount 91 or more days past due, net of credits, in home currency.
        coalesce(d91_plus, 0)::decimal(18, 2) as d91_plus,
        -- Open amount of the customer in all, net of credits, in home currency.
        coalesce(total_open, 0)::decimal(18, 2) as total_open,
        -- Open charges of the customer before credits, in home currency.
        coalesce(gross_open_invoices, 0)::decimal(18, 2) as gross_open_invoices,
        -- Credits and payments of the customer that are not used up, as a positive amount in home currency.
        coalesce(unapplied_credits, 0)::decimal(18, 2) as unapplied_credits,
        -- Open charges of the customer past their due date, before credits, in home currency.
        coalesce(overdue_amount, 0)::decimal(18, 2) as overdue_amount,
        -- Open charges of the customer 91 or more days past due, before credits, in home currency: what d91_plus hides
        -- where credits of that age stand against it.
        coalesce(d91_plus_charges_amount, 0)::decimal(18, 2) as d91_plus_charges_amount,
        -- Open amount of the customer and everyone below it, net of credits, in home currency.
        coalesce(total_open_with_subs, total_open)::decimal(18, 2) as total_open_with_subs,
        -- Open charges past their due date of the customer and everyone below it, in home currency.
        coalesce(overdue_with_subs, overdue_amount)::decimal(18, 2) as overdue_with_subs,
        -- Open amount of the customer in all, net of credits, in the customer's currency.
        coalesce(total_open_amount, 0)::decimal(18, 2) as total_open_amount,
        -- Balance that QuickBooks states now for the customer, in the customer's currency.
        customers.balance as qbo_balance,
        -- Balance that QuickBooks states now for the customer and everyone below it, in the customer's currency.
        customers.balance_with_jobs as qbo_balance_with_jobs,
        -- Difference between our open amount and QuickBooks's balance, in the customer's currency: 0 on the run's own
        -- date, without meaning on another.
        (coalesce(total_open_amount, 0) - customers.balance)::decimal(18, 2) as diff_to_qbo,
        -- Number of invoices of the customer with an open amount.
        coalesce(open_invoice_count, 0)::integer as open_invoice_count,
        -- Days past due of the oldest open charge; 0 when no charge is past due.
        coalesce(max_days_past_due, 0)::integer as max_days_past_due,
        -- Average days past due of the open charges, weighted by their amounts; null when no charge is open.
        (days_weighted / nullif(gross_open_invoices, 0))::double as days_past_due_weighted,

        realm_id,  -- QuickBooks id of the company (realm).
        customer_id,  -- QuickBooks id of the customer, job or sub-customer.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        coalesce(customers.root_customer_id, customer_id) as root_customer_id,
    from by_customer
    full join with_subs using (realm_id, customer_id)
    join companies using (realm_id)
    left join customers using (realm_id, customer_id)
)

select * from final
