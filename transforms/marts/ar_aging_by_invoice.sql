-- Who owes what on which invoice. One row per open invoice, as of the run's date.
with

open_receivables as (
    select * from core.open_receivables
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        doc_type,  -- Always Invoice; credits and payments not used up are in core.open_receivables
        doc_id,  -- QuickBooks id of the invoice
        doc_id as invoice_id,  -- The same, named as in other tables
        customer_id,  -- Customer billed
        root_customer_id,  -- Top of that customer's chain of parents

        customer_name,  -- Name of the customer billed
        doc_number,  -- Invoice number
        terms,  -- Payment terms named on the invoice
        currency,  -- Currency of the invoice
        exchange_rate,  -- Home units per unit of that currency

        original_amount,  -- Total of the invoice
        ar_amount,  -- Total less the deposit taken on the invoice itself
        applied_amount,  -- Payments and credits applied by then; negative
        open_amount,  -- Still open, in the invoice's currency
        open_home,  -- Still open in home currency at the invoice's rate

        days_past_due,  -- Days since the due date; 0 when not yet due
        bucket,  -- current, 1-30, 31-60, 61-90 or 91+ days past due
        is_credit,  -- True when more was applied than invoiced

        as_of_date,  -- Day whose end this describes
        txn_date,  -- Date of the invoice
        due_date,  -- Due date, else date plus terms, else date
        due_date_source,  -- Where the due date comes from: document, term or txn_date
        last_payment_date,  -- Date of the latest payment or credit applied; null when none
    from open_receivables
    where doc_type = 'Invoice'
)

select * from final
