-- Open receivables as of the run's date: invoices, and credits, payments and other entries not yet used up.
-- One row per document and customer with something open. Restated: today's documents and links, nothing dated later.
with

companies as (
    select * from core.companies
),

customers as (
    select * from core.customers
),

receivables as (
    select * from core.receivables
),

movements as (
    select * from core.receivable_movements
),

open_amounts as (
    select
        realm_id,
        doc_type,
        doc_id,
        customer_id,
        companies.as_of_date,
        sum(amount) as open_amount,
        max(payment_date) as last_payment_date,
    from movements
    join companies using (realm_id)
    where movement_date <= companies.as_of_date
    group by all
    having open_amount <> 0
),

final as (
    select
        open_amounts.realm_id,  -- QuickBooks company id (realm)
        open_amounts.doc_type,  -- Invoice, CreditMemo, Payment, JournalEntry, Deposit or Purchase
        open_amounts.doc_id,  -- QuickBooks id of the document
        open_amounts.customer_id,  -- Customer the amount stands with
        receivables.root_customer_id,  -- Top of that customer's chain of parents

        customers.display_name as customer_name,  -- Name of the customer
        receivables.doc_number,  -- Number printed on the document; a payment's reference
        receivables.terms,  -- Payment terms named on an invoice
        receivables.currency,  -- Currency of the document
        receivables.exchange_rate,  -- Home units per unit of that currency

        receivables.original_amount,  -- Total of the document as printed, unsigned
        receivables.ar_amount,  -- What it posted to A/R, in its currency: charges positive, credits negative
        -- What was applied by then; negative on a charge
        (open_amounts.open_amount - receivables.ar_amount)::decimal(18, 2) as applied_amount,
        open_amounts.open_amount::decimal(18, 2) as open_amount,  -- Still open, in its currency; negative for credits
        -- Still open in home currency at the document's rate
        round(open_amount * receivables.exchange_rate, 2)::decimal(18, 2) as open_home,

        -- Days since the due date; 0 when not yet due
        greatest(0, open_amounts.as_of_date - receivables.due_date)::integer as days_past_due,
        case
            when open_amounts.as_of_date - receivables.due_date <= 0 then 'current'
            when open_amounts.as_of_date - receivables.due_date <= 30 then '1-30'
            when open_amounts.as_of_date - receivables.due_date <= 60 then '31-60'
            when open_amounts.as_of_date - receivables.due_date <= 90 then '61-90'
            else '91+'
        end as bucket,  -- current, 1-30, 31-60, 61-90 or 91+ days past due
        open_amounts.open_amount < 0 as is_credit,  -- True when the customer is owed

        open_amounts.as_of_date,  -- Day whose end this describes
        receivables.txn_date,  -- Date of the document
        receivables.due_date,  -- Invoice: due date, else date plus terms, else date; others: their date
        receivables.due_date_source,  -- Where the due date comes from: document, term or txn_date
        open_amounts.last_payment_date,  -- Date of the latest payment or credit applied to it; null when none
    from open_amounts
    join receivables using (realm_id, doc_type, doc_id, customer_id)
    left join customers using (realm_id, customer_id)
)

select * from final
