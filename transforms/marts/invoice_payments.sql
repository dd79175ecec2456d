-- How each invoice was paid. One row per invoice dated up to the run's date.
with

companies as (
    select * from core.companies
),

invoices as (
    select *
    from core.receivables
    join companies using (realm_id)
    where doc_type = 'Invoice' and txn_date <= as_of_date
),

customers as (
    select * from core.customers
),

open_receivables as (
    select * from core.open_receivables where doc_type = 'Invoice'
),

settlements as (
    select *
    from core.invoice_settlements
    join companies using (realm_id)
    where effective_date <= as_of_date
),

paid as (
    select
        realm_id,
        invoice_id as doc_id,
        min(payment_date) filter (where cash_amount > 0) as first_cash_date,
        max(payment_date) filter (where cash_amount > 0) as last_cash_date,
        max(effective_date) as last_effective_date,
        sum(cash_amount) as cash_paid,
        sum(credit_amount) as credited,
        coalesce(sum(cash_amount) filter (where days_late > 0), 0) as late_amount,
        sum(cash_amount * days_to_pay) as weighted_days_to_pay,
        sum(cash_amount * days_beyond_terms) as weighted_days_beyond_terms,
        sum(cash_amount * points::decimal(20, 6)) as weighted_points,
    from settlements
    group by all
),

final as (
    select
        invoices.realm_id,  -- QuickBooks company id (realm)
        invoices.doc_id as invoice_id,  -- QuickBooks id of the invoice
        invoices.customer_id,  -- Customer billed
        invoices.root_customer_id,  -- Top of that customer's chain of parents

        customers.display_name as customer_name,  -- Name of the customer billed
        invoices.doc_number,  -- Invoice number
        invoices.currency,  -- Currency of the invoice and of the amounts here
        invoices.exchange_rate,  -- Home units per unit of that currency

        invoices.original_amount,  -- Total of the invoice
        invoices.ar_amount,  -- Total less the deposit taken on the invoice itself
        coalesce(paid.cash_paid, 0)::decimal(18, 2) as cash_paid,  -- Settled by money received
        coalesce(paid.credited, 0)::decimal(18, 2) as credited,  -- Settled by credits, write-offs among them
        coalesce(open_receivables.open_amount, 0)::decimal(18, 2) as open_amount,  -- Still open
        coalesce(paid.late_amount, 0)::decimal(18, 2) as late_amount,  -- Money received after the due date

        -- Days from invoice to payment, weighted by cash; null without cash
        (paid.weighted_days_to_pay / nullif(paid.cash_paid, 0))::double as dtp_w,
        -- Days beyond terms, weighted by cash, early negative; null without cash
        (paid.weighted_days_beyond_terms / nullif(paid.cash_paid, 0))::double as dbt_w,
        -- Payment score points, weighted by cash, 0 to 100; null without cash
        if(paid.cash_paid <> 0, least(100, paid.weighted_points / paid.cash_paid), null)::double as pay_score,

        -- Whether the last money came after the due date; null without cash
        paid.last_cash_date > invoices.due_date as was_late,
        coalesce(open_receivables.open_amount, 0) = 0 and invoices.ar_amount <> 0
            and coalesce(paid.cash_paid, 0) = 0 as is_closed_by_credit,  -- True when credits alone closed it
        -- True when nothing is open; false when voided
        coalesce(open_receivables.open_amount, 0) = 0 and not invoices.is_voided as is_closed,
        invoices.is_voided,  -- True when voided: all amounts are zero

        invoices.as_of_date,  -- Day whose end this describes
        invoices.txn_date,  -- Date of the invoice
        invoices.due_date,  -- Due date, else date plus terms, else date
        paid.first_cash_date,  -- Date of the first money received; null without cash
        paid.last_cash_date,  -- Date of the last money received; null without cash
        case
            when invoices.is_voided or open_receivables.open_amount <> 0 then null
            else coalesce(paid.last_effective_date, invoices.txn_date)
        end as paid_in_full_date,  -- Day it was closed, by cash or credit; null while open or when voided
    from invoices
    left join paid using (realm_id, doc_id)
    left join open_receivables using (realm_id, doc_id)
    left join customers on customers.realm_id = invoices.realm_id and customers.customer_id = invoices.customer_id
)

select * from final
