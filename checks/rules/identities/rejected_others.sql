-- Warns if a document that is no part of receivables was set aside because a field could not be read.
with

final as (
    select
        entity,
        id,
        'document' as column_name,
        'readable fields' as expected,
        reason as actual,
        null::decimal(18, 2) as amount_diff,
    from checks.rejected
    where realm_id = $realm_id
        and entity not in ('Invoice', 'CreditMemo', 'Payment', 'JournalEntry', 'Deposit', 'Purchase', 'Account', 'Customer')
)

select * from final
