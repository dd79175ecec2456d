-- Warns if a transaction is dated before the books' history or more than a year ahead: its year may be mistyped.
with

companies as (
    select * from core.companies where realm_id = $realm_id
),

transactions as (
    select * from core.transactions where not is_voided
),

final as (
    select
        doc_type as entity,
        doc_id as id,
        'txn_date, total_amount' as column_name,
        'a date from ' || history_start_date || ' to a year from ' || as_of_date as expected,
        txn_date || coalesce(', ' || total_amount || ' in all', '') as actual,
        null::decimal(18, 2) as amount_diff,
    from transactions
    join companies using (realm_id)
    where txn_date < history_start_date or txn_date > as_of_date + interval 1 year
    order by txn_date, doc_type, doc_id
)

select * from final
