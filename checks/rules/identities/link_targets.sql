-- Fails if a transaction names another one that our copy lacks, unless QuickBooks lacks it too.
with

transactions as (
    select invoice_id as id, 'Invoice' as entity from staging.invoices where realm_id = $realm_id
    union all
    select credit_memo_id, 'CreditMemo' from staging.credit_memos where realm_id = $realm_id
    union all
    select payment_id, 'Payment' from staging.payments where realm_id = $realm_id
    union all
    select journal_entry_id, 'JournalEntry' from staging.journal_entries where realm_id = $realm_id
    union all
    select deposit_id, 'Deposit' from staging.deposits where realm_id = $realm_id
    union all
    select purchase_id, 'Purchase' from staging.purchases where realm_id = $realm_id
    union all
    select estimate_id, 'Estimate' from staging.estimates where realm_id = $realm_id
    union all
    select bill_id, 'Bill' from staging.bills where realm_id = $realm_id
    union all
    select bill_payment_id, 'BillPayment' from staging.bill_payments where realm_id = $realm_id
    union all
    select vendor_credit_id, 'VendorCredit' from staging.vendor_credits where realm_id = $realm_id
    union all
    select purchase_order_id, 'PurchaseOrder' from staging.purchase_orders where realm_id = $realm_id
    union all
    select sales_receipt_id, 'SalesReceipt' from staging.sales_receipts where realm_id = $realm_id
    union all
    select refund_receipt_id, 'RefundReceipt' from staging.refund_receipts where realm_id = $realm_id
),

links as (
    select 'Payment' as entity, payment_id as id, linked_txn_id, linked_txn_type
    from staging.payment_line_links
    where realm_id = $realm_id
    union all
    select 'Payment', payment_id, linked_txn_id, linked_txn_type
    from staging.payment_links
    where realm_id = $realm_id
    union all
    select 'Invoice', invoice_id, linked_txn_id, linked_txn_type
    from staging.invoice_links
    where realm_id = $realm_id
    union all
    select 'CreditMemo', credit_memo_id, linked_txn_id, linked_txn_type
    from staging.credit_memo_links
    where realm_id = $realm_id
    union all
    select 'Estimate', estimate_id, linked_txn_id, linked_txn_type
    from staging.estimate_links
    where realm_id = $realm_id
    union all
    select 'Deposit', deposit_id, linked_txn_id, linked_txn_type
    from staging.deposit_line_links
    where realm_id = $realm_id
    union all
    select 'Bill', bill_id, linked_txn_id, linked_txn_type
    from staging.bill_links
    where realm_id = $realm_id
    union all
    select 'BillPayment', bill_payment_id, linked_txn_id, linked_txn_type
    from staging.bill_payment_line_links
    where realm_id = $realm_id
),

targets as (
    select
        entity,
        id,
        linked_txn_id,
        case linked_txn_type
            when 'Expense' then 'Purchase'
            when 'Check' then 'Purchase'
            when 'CreditCardCredit' then 'Purchase'
            when 'BillPaymentCheck' then 'BillPayment'
            when 'BillPaymentCreditCard' then 'BillPayment'
            else linked_txn_type
        end as linked_entity,
    from links
),

final as (
    select distinct
        targets.linked_entity as entity,
        targets.linked_txn_id as id,
        'linked_txn_id' as column_name,
        'named by ' || targets.entity || ' ' || targets.id as expected,
        null::varchar as actual,
        null::decimal(18, 2) as amount_diff,
    from targets
    where
        targets.linked_entity in (select entity from transactions)
        and not exists (
            select 1
            from transactions
            where transactions.id = targets.linked_txn_id and transactions.entity = targets.linked_entity
        )
)

select * from final
