-- One row per application and open item that it settles: payments and credit memos against the documents they close,
-- effective on the later date of the two. Applying a credit memo shows as a payment of zero that names both.
with

receivables as not materialized (
    select * from core.receivables
),

payments as (
    select * from receivables where doc_type = 'Payment'
),

payment_lines as (
    select
        realm_id,
        payment_id,
        line_no,
        abs(line_amount) as applied_amount,
        linked_txn_type as target_type,
        linked_txn_id as target_id,
    from staging.payment_lines
    where line_amount <> 0 and linked_txn_type in ('Invoice', 'CreditMemo')
),

split_applications as (
    select * from core.split_applications
),

credit_memo_links as (
    select realm_id, credit_memo_id, linked_txn_id as invoice_id
    from staging.credit_memo_links
    where linked_txn_type = 'Invoice'

    union

    select realm_id, linked_txn_id as credit_memo_id, invoice_id
    from staging.invoice_links
    where linked_txn_type = 'CreditMemo'
),

paid as (
    select
        payment_lines.*,
        payments.customer_id as source_customer_id,
        payments.txn_date as source_date,
    from payment_lines
    join payments on payments.realm_id = payment_lines.realm_id and payments.doc_id = payment_lines.payment_id
),

to_one_customer as (
    select
        paid.*,
        0 as target_line_no,
        targets.customer_id as target_customer_id,
        targets.txn_date as target_date,
        sign(targets.ar_amount) as target_sign,
    from paid
    join receivables as targets
        on targets.realm_id = paid.realm_id
        and targets.doc_type = paid.target_type
        and targets.doc_id = paid.target_id
        and targets.line_no = 0
    where targets.ar_amount <> 0
),

by_payment as (
    select 'Payment' as source_type, payment_id as source_id, * exclude (payment_id) from to_one_customer
    union all by name
    select 'Payment' as source_type, payment_id as source_id, * exclude (payment_id) from split_applications
),

applied as (
    select realm_id, target_type, target_id, sum(applied_amount) as applied_amount
    from by_payment
    group by all
),

unexplained as not materialized (
    select
        receivables.*,
        abs(ar_amount) - abs(coalesce(qbo_open_amount, 0)) - coalesce(applied.applied_amount, 0) as amount,
    from receivables
    left join applied
        on applied.realm_id = receivables.realm_id
        and applied.target_type = receivables.doc_type
        and applied.target_id = receivables.doc_id
    where doc_type in ('Invoice', 'CreditMemo')
),

pairs as (
    select
        links.realm_id,
        links.credit_memo_id,
        links.invoice_id,
        memos.customer_id as source_customer_id,
        memos.txn_date as source_date,
        invoices.customer_id as target_customer_id,
        invoices.txn_date as target_date,
        memos.amount as memo_amount,
        invoices.amount as invoice_amount,
    from credit_memo_links as links
    join unexplained as memos
        on memos.realm_id = links.realm_id and memos.doc_type = 'CreditMemo' and memos.doc_id = links.credit_memo_id
    join unexplained as invoices
        on invoices.realm_id = links.realm_id and invoices.doc_type = 'Invoice' and invoices.doc_id = links.invoice_id
    where memos.amount > 0 and invoices.amount > 0
),

offered as (
    select
        *,
        greatest(0, least(invoice_amount, memo_amount - coalesce(sum(invoice_amount) over (
            partition by realm_id, credit_memo_id
            order by target_date, invoice_id
            rows between unbounded preceding and 1 preceding
        ), 0))) as offered_amount,
    from pairs
),

taken as (
    select
        *,
        greatest(0, least(offered_amount, invoice_amount - coalesce(sum(offered_amount) over (
            partition by realm_id, invoice_id
            order by source_date, credit_memo_id
            rows between unbounded preceding and 1 preceding
        ), 0))) as applied_amount,
    from offered
),

by_credit_memo as (
    select
        realm_id,
        'CreditMemo' as source_type,
        credit_memo_id as source_id,
        0 as line_no,
        source_customer_id,
        source_date,
        'Invoice' as target_type,
        invoice_id as target_id,
        0 as target_line_no,
        target_customer_id,
        target_date,
        1 as target_sign,
        applied_amount,
    from taken
    where applied_amount > 0
),

applications as (
    select * from by_payment
    union all by name
    select * from by_credit_memo
),

final as (
    select
        -- Type of the document that settles: Payment, or CreditMemo where QuickBooks links it to the invoice without a
        -- payment.
        source_type,
        line_no,  -- Line of the payment; 0 for a credit memo.
        target_type,  -- Type of the document settled, such as Invoice, CreditMemo or JournalEntry.
        -- Position of the line settled in its document; 0 for an invoice or credit memo, which is settled as a whole.
        target_line_no,

        source_date,  -- Date of the payment or credit memo.
        target_date,  -- Date of the document settled.
        -- Day from which the application counts: the later of the dates of both documents.
        greatest(source_date, target_date) as effective_date,

        target_sign::integer as target_sign,  -- Sign of what is settled: 1 for a charge, -1 for a credit.
        -- Amount applied, always positive, in the documents' currency.
        applied_amount::decimal(18, 2) as applied_amount,

        realm_id,  -- QuickBooks id of the company (realm).
        source_id,  -- QuickBooks id of the payment or credit memo.
        source_customer_id,  -- QuickBooks id of the customer who pays or is credited.
        target_id,  -- QuickBooks id of the document settled.
        -- QuickBooks id of the customer whose document, or whose line of a document, is settled.
        target_customer_id,
    from applications
)

select * from final
