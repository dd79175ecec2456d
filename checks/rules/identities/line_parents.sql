-- Fails if a line has no transaction.
with

lines as (
    select 'Invoice' as entity, invoice_id as id from staging.invoice_lines where realm_id = $realm_id
    union all
    select 'CreditMemo', credit_memo_id from staging.credit_memo_lines where realm_id = $realm_id
    union all
    select 'Payment', payment_id from staging.payment_lines where realm_id = $realm_id
    union all
    select 'JournalEntry', journal_entry_id from staging.journal_entry_lines where realm_id = $realm_id
    union all
    select 'SalesReceipt', sales_receipt_id from staging.sales_receipt_lines where realm_id = $realm_id
    union all
    select 'RefundReceipt', refund_receipt_id from staging.refund_receipt_lines where realm_id = $realm_id
    union all
    select 'Deposit', deposit_id from staging.deposit_lines where realm_id = $realm_id
    union all
    select 'Purchase', purchase_id from staging.purchase_lines where realm_id = $realm_id
    union all
    select 'Bill', bill_id from staging.bill_lines where realm_id = $realm_id
),

parents as (
    select 'Invoice' as entity, invoice_id as id from staging.invoices where realm_id = $realm_id
    union all
    select 'CreditMemo', credit_memo_id from staging.credit_memos where realm_id = $realm_id
    union all
    select 'Payment', payment_id from staging.payments where realm_id = $realm_id
    union all
    select 'JournalEntry', journal_entry_id from staging.journal_entries where realm_id = $realm_id
    union all
    select 'SalesReceipt', sales_receipt_id from staging.sales_receipts where realm_id = $realm_id
    union all
    select 'RefundReceipt', refund_receipt_id from staging.refund_receipts where realm_id = $realm_id
    union all
    select 'Deposit', deposit_id from staging.deposits where realm_id = $realm_id
    union all
    select 'Purchase', purchase_id from staging.purchases where realm_id = $realm_id
    union all
    select 'Bill', bill_id from staging.bills where realm_id = $realm_id
),

final as (
    select distinct
        entity,
        id,
        'line_no' as column_name,
        'a transaction' as expected,
        null::varchar as actual,
        null::decimal(18, 2) as amount_diff,
    from lines
    anti join parents using (entity, id)
)

select * from final
