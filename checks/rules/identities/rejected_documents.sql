-- Warns if a document was set aside, or stands without an amount, because a field could not be read.
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
    order by entity in ('Account', 'Customer', 'Item', 'Vendor'), entity, id
)

select * from final
