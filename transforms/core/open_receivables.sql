-- One row per open item, as of the run's date: invoices, and credits, payments and lines of other documents that are
-- not used up. Restated: today's documents and links, nothing dated later.
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
        line_no,
        customer_id,
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
        companies.company_name,  -- Name of the company whose books these are.
        -- Full name of the customer the amount stands with: the names of all levels joined by colons, as Parent:Job.
        customers.full_name as customer_name,
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        customers.root_customer_name,
        open_amounts.doc_type,  -- Type of the document, such as Invoice, CreditMemo, Payment or JournalEntry.
        receivables.doc_number,  -- Number printed on the document; of a payment, its reference.
        -- Position of the line that is open in its document; 0 for what posts as a whole.
        open_amounts.line_no,
        receivables.terms,  -- Payment terms named on an invoice; null on other documents.
        receivables.currency,  -- Currency of the document, as an ISO 4217 code.
        -- Age in days past the due date: current, 1-30, 31-60, 61-90 or 91+.
        case
            when companies.as_of_date - receivables.due_date <= 0 then 'current'
            when companies.as_of_date - receivables.due_date <= 30 then '1-30'
            when companies.as_of_date - receivables.due_date <= 60 then '31-60'
            when companies.as_of_date - receivables.due_date <= 90 then '61-90'
            else '91+'
        end as bucket,
        receivables.due_date_source,  -- Where the due date comes from: document, term or txn_date.

        receivables.txn_date,  -- Date of the document.
        -- Due date of an invoice: as stated, else its date plus the days of its terms, else its date; of another
        -- document its date.
        receivables.due_date,
        -- Date of the latest payment or credit applied to the document; null when none was.
        open_amounts.last_payment_date,
        companies.as_of_date,  -- Day at whose end the figures stand.

        -- Units of home currency per unit of the document's currency; 1 for documents in home currency.
        receivables.exchange_rate,
        receivables.original_amount,  -- Total of the document as printed, without a sign, in the document's currency.
        -- Amount the document posted to accounts receivable, in its currency: charges positive, credits negative.
        receivables.ar_amount,
        -- Amount applied to the document up to that day, in its currency; negative on a charge.
        (open_amounts.open_amount - receivables.ar_amount)::decimal(18, 2) as applied_amount,
        -- Amount still open, in the document's currency; negative for credits.
        open_amounts.open_amount::decimal(18, 2) as open_amount,
        -- Amount still open, in home currency at the document's rate; negative for credits.
        round(open_amount * receivables.exchange_rate, 2)::decimal(18, 2) as open_home,
        -- Days from the due date to that day; 0 when the document is not yet due.
        greatest(0, companies.as_of_date - receivables.due_date)::integer as days_past_due,
        open_amounts.open_amount < 0 as is_credit,  -- True when the open amount is owed to the customer.

        open_amounts.realm_id,  -- QuickBooks id of the company (realm).
        open_amounts.doc_id,  -- QuickBooks id of the document.
        open_amounts.customer_id,  -- QuickBooks id of the customer the amount stands with.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        receivables.root_customer_id,
    from open_amounts
    join companies using (realm_id)
    join receivables using (realm_id, doc_type, doc_id, line_no, customer_id)
    left join customers using (realm_id, customer_id)
)

select * from final
