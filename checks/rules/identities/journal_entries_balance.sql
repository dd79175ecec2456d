-- Fails if the debits and credits of a journal entry differ, and by more than the sales tax it states beside its lines.
with

lines as (
    select
        journal_entry_id,
        sum(line_amount) filter (posting_type = 'Debit') as debit_amount,
        sum(line_amount) filter (posting_type = 'Credit') as credit_amount,
    from staging.journal_entry_lines
    where realm_id = $realm_id
    group by journal_entry_id
),

taxes as (
    select journal_entry_id, sum(abs(tax_amount)) as tax_amount
    from staging.journal_entry_tax_lines
    where realm_id = $realm_id
    group by journal_entry_id
),

sums as (
    select lines.*, coalesce(tax_amount, 0) as tax_amount
    from lines
    left join taxes using (journal_entry_id)
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
    where abs(coalesce(debit_amount, 0) - coalesce(credit_amount, 0)) > tax_amount
)

select * from final
