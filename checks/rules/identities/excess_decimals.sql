-- Warns if an amount has more than two decimals, which staging rounds.
with

final as (
    select
        entity,
        id,
        'amount' as column_name,
        'two decimals' as expected,
        amount_count || ' amounts have more' as actual,
        null::decimal(18, 2) as amount_diff,
    from checks.excess_decimals
    where realm_id = $realm_id
)

select * from final
