-- Fails if a document was set aside because an amount, date or flag in it could not be read.
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
)

select * from final
