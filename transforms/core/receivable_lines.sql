-- One row per line that posts to accounts receivable by itself, whatever document it stands in: each is an open item of
-- its own, or nobody's where it names no customer. Invoices, credit memos and payments post as a whole and are not here.
with

receivable_accounts as (
    select * from core.accounts where is_receivable
),

items as (
    select * from staging.items
),

journal_entries as (
    select
        realm_id,
        'JournalEntry' as doc_type,
        journal_entry_id as doc_id,
        line_no,
        line_id,
        if(lower(entity_type) = 'customer', entity_id, null) as customer_id,
        account_id,
        doc_number,
        currency,
        exchange_rate,
        if(posting_type = 'Debit', line_amount, -line_amount) as ar_amount,
        is_voided,
        txn_date,
    from staging.journal_entries
    join staging.journal_entry_lines using (realm_id, journal_entry_id)
),

deposits as (
    select
        realm_id,
        'Deposit' as doc_type,
        deposit_id as doc_id,
        line_no,
        line_id,
        if(coalesce(lower(entity_type), 'customer') = 'customer', entity_id, null) as customer_id,
        account_id,
        doc_number,
        currency,
        exchange_rate,
        -line_amount as ar_amount,
        is_voided,
        txn_date,
    from staging.deposits
    join staging.deposit_lines using (realm_id, deposit_id)
),

purchases as (
    select
        realm_id,
        'Purchase' as doc_type,
        purchase_id as doc_id,
        line_no,
        line_id,
        coalesce(lines.customer_id, if(lower(entity_type) = 'customer', entity_id, null)) as customer_id,
        lines.account_id,
        doc_number,
        currency,
        exchange_rate,
        if(is_credit, -line_amount, line_amount) as ar_amount,
        is_voided,
        txn_date,
    from staging.purchases
    join staging.purchase_lines as lines using (realm_id, purchase_id)
),

bills as (
    select
        realm_id,
        'Bill' as doc_type,
        bill_id as doc_id,
        line_no,
        line_id,
        customer_id,
        account_id,
        doc_number,
        currency,
        exchange_rate,
        line_amount as ar_amount,
        is_voided,
        txn_date,
    from staging.bills
    join staging.bill_lines using (realm_id, bill_id)
),

vendor_credits as (
    select
        realm_id,
        'VendorCredit' as doc_type,
        vendor_credit_id as doc_id,
        line_no,
        line_id,
        customer_id,
        account_id,
        doc_number,
        currency,
        exchange_rate,
        -line_amount as ar_amount,
        is_voided,
        txn_date,
    from staging.vendor_credits
    join staging.vendor_credit_lines using (realm_id, vendor_credit_id)
),

sales_receipts as (
    select
        realm_id,
        'SalesReceipt' as doc_type,
        sales_receipt_id as doc_id,
        line_no,
        line_id,
        customer_id,
        coalesce(lines.account_id, lines.discount_account_id, items.income_account_id) as account_id,
        doc_number,
        currency,
        exchange_rate,
        if(lines.discount_account_id is null, -line_amount, line_amount) as ar_amount,
        is_voided,
        txn_date,
    from staging.sales_receipts
    join staging.sales_receipt_lines as lines using (realm_id, sales_receipt_id)
    left join items using (realm_id, item_id)
),

refund_receipts as (
    select
        realm_id,
        'RefundReceipt' as doc_type,
        refund_receipt_id as doc_id,
        line_no,
        line_id,
        customer_id,
        coalesce(lines.account_id, lines.discount_account_id, items.income_account_id) as account_id,
        doc_number,
        currency,
        exchange_rate,
        if(lines.discount_account_id is null, line_amount, -line_amount) as ar_amount,
        is_voided,
        txn_date,
    from staging.refund_receipts
    join staging.refund_receipt_lines as lines using (realm_id, refund_receipt_id)
    left join items using (realm_id, item_id)
),

lines as (
    select * from journal_entries
    union all by name
    select * from deposits
    union all by name
    select * from purchases
    union all by name
    select * from bills
    union all by name
    select * from vendor_credits
    union all by name
    select * from sales_receipts
    union all by name
    select * from refund_receipts
),

final as (
    select
        -- Type of the document: JournalEntry, Deposit, Purchase, Bill, VendorCredit, SalesReceipt or RefundReceipt.
        doc_type,
        doc_number,  -- Number printed on the document.
        line_no,  -- Position of the line in the document, from 1.
        currency,  -- Currency of the document, as an ISO 4217 code; null where QuickBooks names none.

        txn_date,  -- Date of the document.

        exchange_rate,  -- Units of home currency per unit of the document's currency; 1 for documents in home currency.
        -- Amount the line posts to accounts receivable, in the document's currency: charges positive, credits negative.
        ar_amount::decimal(18, 2) as ar_amount,
        is_voided,  -- True when the document is voided: its amounts are zero.

        realm_id,  -- QuickBooks id of the company (realm).
        doc_id,  -- QuickBooks id of the document.
        line_id,  -- QuickBooks id of the line, by which a payment may name it.
        account_id,  -- QuickBooks id of the account of accounts receivable.
        -- QuickBooks id of the customer on the line, else of a purchase's payee who is a customer; null where the line
        -- names no customer.
        customer_id,
    from lines
    semi join receivable_accounts using (realm_id, account_id)
    where ar_amount is not null
)

select * from final
