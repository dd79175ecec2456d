-- Fails if the debits and credits of a journal entry differ.
with

sums as (
    select
        journal_entry_id,
        sum(line_amount) filter (posting_type = 'Debit') as debit_amount,
        sum(line_amount) filter (posting_type = 'Credit') as credit_amount,
    from staging.journal_entry_lines
    where realm_id = $realm_id
    group by journal_entry_id
),

final as (
    select
        'JournalEntry' as entity,
        journal_entry_id as id,
        'line_amount' as column_name,
        coalesce(debit_amount, 0)::varchar as expected,
        coalesce(credit_amount, 0)::varchar as actual,
        coalesce(credit_amount, 0) - coalesce(debit_amount, 0) as amount_diff,
    from sums
    where coalesce(debit_amount, 0) <> coalesce(credit_amount, 0)
)

select * from final
