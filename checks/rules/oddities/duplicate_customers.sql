-- Warns if two customers of different families look like one: by name, or by e-mail and telephone.
with

customers as (
    select * from core.customers where realm_id = $realm_id and is_active
),

contact_keys as (
    select * from core.contact_keys where realm_id = $realm_id and entity_type = 'Customer'
),

keys as (
    select
        customer_id,
        'name' as key_kind,
        regexp_replace(lower(strip_accents(display_name)), '[^\p{L}\p{N}]+', '', 'g') as key,
    from customers
    where display_name is not null
    union
    select
        emails.entity_id,
        'e-mail and telephone',
        emails.email || ' ' || phones.phone,
    from contact_keys as emails
    inner join contact_keys as phones using (entity_id)
    where emails.email is not null and phones.phone is not null
),

families as (
    select
        keys.*,
        customers.root_customer_id,
        min(customers.root_customer_id) over alike as first_root_id,
        max(customers.root_customer_id) over alike as last_root_id,
        list(customer_id order by try_cast(customer_id as bigint), customer_id) over (
            partition by key_kind, key
        ) as customer_ids,
    from keys
    inner join customers using (customer_id)
    where key <> ''
    window alike as (partition by key_kind, key)
),

final as (
    select
        'Customer' as entity,
        customer_id as id,
        'display_name' as column_name,
        'one customer' as expected,
        'same ' || string_agg(distinct key_kind, ', ' order by key_kind) || ' as ' || array_to_string(
            list_distinct(flatten(list(list_filter(customer_ids, lambda other: other <> customer_id)))), ', '
        ) as actual,
        null::decimal(18, 2) as amount_diff,
    from families
    where first_root_id <> last_root_id
    group by customer_id
    order by customer_id
)

select * from final
