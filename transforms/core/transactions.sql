-- One row per transaction of any kind: when it is dated, with whom, for how much.
with

transactions as (
    select realm_id, 'Bill' as doc_type, bill_id as doc_id, doc_number, txn_date, total_amount, is_voided, vendor_id
    from staging.bills
    union all by name
    select
        realm_id,
        'BillPayment' as doc_type,
        bill_payment_id as doc_id,
        doc_number,
        txn_date,
        total_amount,
        is_voided,
        vendor_id,
    from staging.bill_payments
    union all by name
    select
        realm_id,
        'CreditCardPayment' as doc_type,
        credit_card_payment_id as doc_id,
        doc_number,
        txn_date,
        amount as total_amount,
        is_voided,
        vendor_id,
    from staging.credit_card_payments
    union all by name
    select
        realm_id,
        'CreditMemo' as doc_type,
        credit_memo_id as doc_id,
        doc_number,
        txn_date,
        total_amount,
        is_voided,
        customer_id,
    from staging.credit_memos
    union all by name
    select realm_id, 'Deposit' as doc_type, deposit_id as doc_id, doc_number, txn_date, total_amount, is_voided
    from staging.deposits
    union all by name
    select
        realm_id,
        'Estimate' as doc_type,
        estimate_id as doc_id,
        doc_number,
        txn_date,
        total_amount,
        is_voided,
        customer_id,
    from staging.estimates
    union all by name
    select
        realm_id,
        'InventoryAdjustment' as doc_type,
        inventory_adjustment_id as doc_id,
        doc_number,
        txn_date,
        customer_id,
    from staging.inventory_adjustments
    union all by name
    select
        realm_id,
        'Invoice' as doc_type,
        invoice_id as doc_id,
        doc_number,
        txn_date,
        total_amount,
        is_voided,
        customer_id,
    from staging.invoices
    union all by name
    select realm_id, 'JournalEntry' as doc_type, journal_entry_id as doc_id, doc_number, txn_date, is_voided
    from staging.journal_entries
    union all by name
    select
        realm_id,
        'Payment' as doc_type,
        payment_id as doc_id,
        payment_reference as doc_number,
        txn_date,
        total_amount,
        is_voided,
        customer_id,
    from staging.payments
    union all by name
    select
        realm_id,
        'Purchase' as doc_type,
        purchase_id as doc_id,
        doc_number,
        txn_date,
        total_amount,
        is_voided,
        if(lower(entity_type) = 'customer', entity_id, null) as customer_id,
        if(lower(entity_type) = 'vendor', entity_id, null) as vendor_id,
    from staging.purchases
    union all by name
    select
        realm_id,
        'PurchaseOrder' as doc_type,
        purchase_order_id as doc_id,
        doc_number,
        txn_date,
        total_amount,
        is_voided,
        vendor_id,
    from staging.purchase_orders
    union all by name
    select
        realm_id,
        'RefundReceipt' as doc_type,
        refund_receipt_id as doc_id,
        doc_number,
        txn_date,
        total_amount,
        is_voided,
        customer_id,
    from staging.refund_receipts
    union all by name
    select
        realm_id,
        'SalesReceipt' as doc_type,
        sales_receipt_id as doc_id,
        doc_number,
        txn_date,
        total_amount,
        is_voided,
        customer_id,
    from staging.sales_receipts
    union all by name
    select realm_id, 'TimeActivity' as doc_type, time_activity_id as doc_id, txn_date, customer_id, vendor_id
    from staging.time_activities
    union all by name
    select realm_id, 'Transfer' as doc_type, transfer_id as doc_id, txn_date, amount as total_amount, is_voided
    from staging.transfers
    union all by name
    select
        realm_id,
        'VendorCredit' as doc_type,
        vendor_credit_id as doc_id,
        doc_number,
        txn_date,
        total_amount,
        is_voided,
        vendor_id,
    from staging.vendor_credits
),

final as (
    select
        doc_type,  -- Type of the transaction, such as Invoice, Bill, JournalEntry or Transfer.
        doc_number,  -- Number printed on the transaction; of a payment, its reference; null where it has none.

        txn_date,  -- Date of the transaction.

        -- Total of the transaction as QuickBooks states it, in the transaction's currency; null where it states none, as
        -- on a journal entry.
        total_amount,
        coalesce(is_voided, false) as is_voided,  -- True when the transaction is voided.

        realm_id,  -- QuickBooks id of the company (realm).
        doc_id,  -- QuickBooks id of the transaction.
        customer_id,  -- QuickBooks id of the customer on the transaction as a whole; null where it names none.
        vendor_id,  -- QuickBooks id of the vendor on the transaction as a whole; null where it names none.
    from transactions
)

select * from final
