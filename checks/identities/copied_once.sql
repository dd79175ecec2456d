-- Fails if a transaction, one of its lines or a list row stands twice in staging.
with

copies as (
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
    union all
    select 'Customer', customer_id from staging.customers where realm_id = $realm_id
    union all
    select 'Account', account_id from staging.accounts where realm_id = $realm_id
    union all
    select 'Item', item_id from staging.items where realm_id = $realm_id
    union all
    select 'Invoice', invoice_id || ' line ' || line_no from staging.invoice_lines where realm_id = $realm_id
    union all
    select 'Payment', payment_id || ' line ' || line_no from staging.payment_lines where realm_id = $realm_id
),

final as (
    select
        entity,
        id,
        'id' as column_name,
        '1' as expected,
        count(*)::varchar as actual,
        null::decimal(18, 2) as amount_diff,
    from copies
    group by entity, id
    having count(*) > 1
)

select * from final
