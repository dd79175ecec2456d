-- Every invoice: what it asks for, what came in, where it stands. One row per invoice dated up to the run's date.
-- Amounts in the invoice's currency: total = subtotal - discount + tax = deposit + paid + credited + balance due.
with

payments as (
    select * from marts.invoice_payments
),

invoices as (
    select * from staging.invoices
),

receivables as (
    select *, doc_id as invoice_id
    from core.receivables
    where doc_type = 'Invoice'
),

subtotals as (
    select
        realm_id,
        doc_id as invoice_id,
        sum(gross_amount) as subtotal_amount,
        sum(discount_amount) as discount_amount,
    from core.sales_lines
    where doc_type = 'Invoice'
    group by all
),

estimate_numbers as (
    select
        realm_id,
        invoice_id,
        count(*) as estimate_count,
        string_agg(coalesce(doc_number, estimate_id), ', ' order by txn_date, estimate_id) as estimate_numbers,
    from core.estimate_invoices
    join core.estimates using (realm_id, estimate_id)
    group by all
),

customers as (
    select * from core.customers
),

final as (
    select
        payments.realm_id,  -- QuickBooks company id (realm)
        payments.invoice_id,  -- QuickBooks id of the invoice
        payments.customer_id,  -- Customer billed
        payments.root_customer_id,  -- Top of that customer's chain of parents

        payments.customer_name,  -- Name of the customer billed
        -- Name at the top of the chain, the same for a customer without parents
        roots.display_name as root_customer_name,
        payments.doc_number,  -- Invoice number
        -- The first that holds: voided, paid (nothing open, be it by credit), overdue (something open past the due
        -- date), partial (something came in, a deposit too), unpaid
        case
            when payments.is_voided then 'voided'
            when payments.open_amount <= 0 then 'paid'
            when payments.due_date < payments.as_of_date then 'overdue'
            when payments.open_amount < payments.original_amount then 'partial'
            else 'unpaid'
        end as payment_status,
        receivables.terms,  -- Payment terms named on the invoice
        payments.currency,  -- Currency of the invoice
        payments.exchange_rate,  -- Home units per unit of that currency
        invoices.email_status,  -- NotSet, NeedToSend or EmailSent, as QuickBooks states it now
        invoices.bill_email,  -- Address it goes to
        -- Numbers of the estimates it was made from, oldest first, joined by commas; null when none
        estimate_numbers.estimate_numbers,

        coalesce(subtotals.subtotal_amount, 0)::decimal(18, 2) as subtotal_amount,  -- Lines before discount and tax
        -- Discounts on the whole invoice, positive
        coalesce(subtotals.discount_amount, 0)::decimal(18, 2) as discount_amount,
        coalesce(invoices.tax_amount, 0)::decimal(18, 2) as tax_amount,  -- Sales tax
        payments.original_amount as total_amount,  -- Total of the invoice: subtotal less discount plus tax
        coalesce(invoices.deposit_amount, 0)::decimal(18, 2) as deposit_amount,  -- Taken on the invoice itself
        payments.cash_paid as paid_amount,  -- Paid in money since, the deposit apart
        payments.credited as credited_amount,  -- Settled by credits, write-offs among them
        payments.open_amount as balance_due,  -- Still open
        -- Total in home currency at the invoice's rate
        if(payments.exchange_rate = 1, payments.original_amount, round(payments.original_amount * payments.exchange_rate, 2))::decimal(18, 2) as total_home,
        -- Still open in home currency at the invoice's rate
        if(payments.exchange_rate = 1, payments.open_amount, round(payments.open_amount * payments.exchange_rate, 2))::decimal(18, 2) as balance_due_home,

        coalesce(estimate_numbers.estimate_count, 0)::integer as estimate_count,  -- Estimates it was made from
        -- Days since the due date while something is open, else 0
        if(payments.open_amount > 0, greatest(0, payments.as_of_date - payments.due_date), 0)::integer as days_past_due,

        payments.is_voided,  -- True when voided: all amounts are zero

        payments.as_of_date,  -- Day whose end this describes
        payments.txn_date,  -- Date of the invoice
        payments.due_date,  -- Due date, else date plus terms, else date
        -- Day it was closed, by cash or credit; null while open or when voided
        payments.paid_in_full_date as paid_date,
        if(
            (invoices.delivered_at at time zone 'America/Los_Angeles')::date <= payments.as_of_date,
            invoices.delivered_at,
            null
        ) as delivered_at,  -- When QuickBooks last sent it by e-mail (UTC); null when it did not by the run's date
    from payments
    join invoices using (realm_id, invoice_id)
    join receivables using (realm_id, invoice_id)
    left join subtotals using (realm_id, invoice_id)
    left join estimate_numbers using (realm_id, invoice_id)
    left join customers as roots
        on roots.realm_id = payments.realm_id and roots.customer_id = payments.root_customer_id
)

select * from final
