-- Fails if more than 20 documents were set aside because a field could not be read: our reading is at fault then.
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
    qualify count(*) over () > 20
)

select * from final
