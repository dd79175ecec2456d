-- Warns if a journal entry books to accounts receivable and names no customer.
with

accounts as (
    select * from staging.accounts where realm_id = $realm_id and account_type = 'Accounts Receivable'
),

lines as (
    select * from staging.journal_entry_lines where realm_id = $realm_id and line_amount <> 0
),

final as (
    select
        'JournalEntry' as entity,
        journal_entry_id as id,
        'entity_id' as column_name,
        'a customer' as expected,
        coalesce(lines.entity_type, 'nobody') || ' on line ' || lines.line_no as actual,
        null::decimal(18, 2) as amount_diff,
    from lines
    inner join accounts using (account_id)
    where lines.entity_id is null or lines.entity_type <> 'Customer'
    order by journal_entry_id, lines.line_no
)

select * from final
