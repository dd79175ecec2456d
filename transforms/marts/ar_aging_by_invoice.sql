-- One row per open invoice, as of the run's date: who owes what, and how late it is.
with

open_receivables as (
    select * from core.open_receivables
),

final as (
    select
        company_name,  -- Name of the company whose books these are.
        customer_name,  -- Full name of the customer billed: the names of all levels joined by colons, as Parent:Job.
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        root_customer_name,
        -- Type of the document: always Invoice, as credits and payments that are not used up stand in
        -- core.open_receivables.
        doc_type,
        doc_number,  -- Number printed on the invoice.
        terms,  -- Payment terms named on the invoice.
        currency,  -- Currency of the invoice, as an ISO 4217 code.
        bucket,  -- Age in days past the due date: current, 1-30, 31-60, 61-90 or 91+.
        due_date_source,  -- Where the due date comes from: document, term or txn_date.

        txn_date,  -- Date of the invoice.
        due_date,  -- Due date of the invoice: as stated, else its date plus the days of its terms, else its date.
        last_payment_date,  -- Date of the latest payment or credit applied to the invoice; null when none was.
        as_of_date,  -- Day at whose end the figures stand.

        exchange_rate,  -- Units of home currency per unit of the invoice's currency; 1 for invoices in home currency.
        original_amount,  -- Total of the invoice as printed, in the invoice's currency.
        -- Receivable that the invoice began with, its total less the deposit taken on it, in the invoice's currency.
        ar_amount,
        -- Payments and credits applied to the invoice so far, as a negative amount in the invoice's currency.
        applied_amount,
        open_amount,  -- Amount still open, in the invoice's currency.
        open_home,  -- Amount still open, in home currency at the invoice's rate.
        days_past_due,  -- Days since the due date; 0 when the invoice is not yet due.
        is_credit,  -- True when more was applied to the invoice than it asked for.

        realm_id,  -- QuickBooks id of the company (realm).
        doc_id,  -- QuickBooks id of the invoice, under the name that all types of documents share.
        doc_id as invoice_id,  -- QuickBooks id of the invoice.
        customer_id,  -- QuickBooks id of the customer billed.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        root_customer_id,
    from open_receivables
    where doc_type = 'Invoice'
)

select * from final
