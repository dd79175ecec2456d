-- One row per open item: every invoice, credit memo and payment, and every line of another document that posts to
-- accounts receivable with a customer. Charges positive, credits negative.
with

companies as (
    select * from core.companies
),

customers as (
    select * from core.customers
),

lines as (
    select * from core.receivable_lines where customer_id is not null
),

terms as (
    select * from staging.terms
),

invoices as (
    select
        realm_id,
        'Invoice' as doc_type,
        invoice_id as doc_id,
        customer_id,
        doc_number,
        terms.name as terms,
        invoices.currency,
        exchange_rate,
        total_amount as original_amount,
        total_amount - coalesce(deposit_amount, 0) as ar_amount,
        balance as qbo_open_amount,
        is_voided,
        txn_date,
        coalesce(due_date, txn_date + terms.due_days::integer, txn_date) as due_date,
        case
            when due_date is not null then 'document'
            when terms.due_days is not null then 'term'
            else 'txn_date'
        end as due_date_source,
    from staging.invoices
    left join terms using (realm_id, term_id)
),

credit_memos as (
    select
        realm_id,
        'CreditMemo' as doc_type,
        credit_memo_id as doc_id,
        customer_id,
        doc_number,
        currency,
        exchange_rate,
        total_amount as original_amount,
        -total_amount as ar_amount,
        -coalesce(remaining_credit, balance) as qbo_open_amount,
        is_voided,
        txn_date,
    from staging.credit_memos
),

payments as (
    select
        realm_id,
        'Payment' as doc_type,
        payment_id as doc_id,
        customer_id,
        payment_reference as doc_number,
        currency,
        exchange_rate,
        total_amount as original_amount,
        -total_amount as ar_amount,
        -unapplied_amount as qbo_open_amount,
        is_voided,
        txn_date,
    from staging.payments
),

documents as (
    select * from invoices
    union all by name
    select * from credit_memos
    union all by name
    select * from payments
    union all by name
    select * exclude (account_id) from lines
),

final as (
    select
        -- Type of the document: Invoice, CreditMemo or Payment, or where a line posts to accounts receivable,
        -- JournalEntry, Deposit, Purchase, Bill, VendorCredit, SalesReceipt or RefundReceipt.
        documents.doc_type,
        documents.doc_number,  -- Number printed on the document; of a payment, its reference.
        -- Position of the line that posts the amount; 0 for an invoice, credit memo or payment, which post as a whole.
        coalesce(documents.line_no, 0) as line_no,
        documents.terms,  -- Payment terms named on an invoice; null on other documents.
        -- Currency of the document, as an ISO 4217 code.
        coalesce(documents.currency, companies.home_currency) as currency,
        -- Where the due date comes from: document, term or txn_date.
        coalesce(documents.due_date_source, 'txn_date') as due_date_source,

        documents.txn_date,  -- Date of the document.
        -- Due date of an invoice: as stated, else its date plus the days of its terms, else its date; of another
        -- document its date.
        coalesce(documents.due_date, documents.txn_date) as due_date,

        -- Units of home currency per unit of the document's currency; 1 for documents in home currency.
        documents.exchange_rate,
        -- Total of the document as printed, of a line its amount, without a sign, in the document's currency.
        coalesce(documents.original_amount, abs(documents.ar_amount))::decimal(18, 2) as original_amount,
        -- Amount the document posts to accounts receivable, in its currency: charges positive, credits negative.
        documents.ar_amount::decimal(18, 2) as ar_amount,
        -- Amount the document posts to accounts receivable, in home currency at the document's rate: charges positive,
        -- credits negative.
        if(documents.exchange_rate = 1, ar_amount, round(ar_amount * documents.exchange_rate, 2))::decimal(18, 2) as ar_home,
        -- Open amount that QuickBooks itself states now, in the document's currency: charges positive, credits
        -- negative; null where it states none.
        documents.qbo_open_amount::decimal(18, 2) as qbo_open_amount,
        documents.is_voided,  -- True when the document is voided: its row stays, its amounts are zero.

        documents.realm_id,  -- QuickBooks id of the company (realm).
        documents.doc_id,  -- QuickBooks id of the document.
        documents.line_id,  -- QuickBooks id of the line; null for an invoice, credit memo or payment.
        documents.customer_id,  -- QuickBooks id of the customer the amount stands with.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        coalesce(customers.root_customer_id, documents.customer_id) as root_customer_id,
    from documents
    join companies using (realm_id)
    left join customers using (realm_id, customer_id)
)

select * from final
