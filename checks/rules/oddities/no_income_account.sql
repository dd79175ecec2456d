-- Warns if something was sold without any account while no account of income is there: QuickBooks shows no such income.
with

sales_lines as (
    select * from core.sales_lines where realm_id = $realm_id and is_revenue and account_id is null and not is_voided
),

income_accounts as (
    select * from core.accounts where realm_id = $realm_id and account_type = 'Income'
),

final as (
    select
        doc_type as entity,
        doc_id as id,
        'account_id' as column_name,
        'an account of income' as expected,
        null::varchar as actual,
        null::decimal(18, 2) as amount_diff,
    from sales_lines
    where not exists (from income_accounts)
    group by doc_type, doc_id
    order by max(txn_date) desc, doc_type, doc_id
)

select * from final
