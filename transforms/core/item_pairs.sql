-- One row per item and other item that at least five customers bought both of in 365 days, in both directions: which
-- items go together, how much more often than by chance.
with

item_baskets as (
    select * from core.item_baskets
),

customers as (
    select realm_id, count(distinct customer_id) as customer_count
    from item_baskets
    group by all
),

items as (
    select realm_id, item_id, count(*) as item_count
    from item_baskets
    group by all
    having item_count >= 5
),

bought as (
    select realm_id, customer_id, item_id
    from item_baskets
    semi join items using (realm_id, item_id)
),

together as (
    select realm_id, bought.item_id as item_id, others.item_id as other_item_id, count(*) as both_count
    from bought
    join bought as others using (realm_id, customer_id)
    where bought.item_id < others.item_id
    group by all
    having both_count >= 5
),

pairs as (
    select realm_id, item_id, other_item_id, both_count
    from together

    union all

    select realm_id, other_item_id, item_id, both_count
    from together
),

final as (
    select
        customer_count::integer as customer_count,  -- Number of customers who bought anything.
        items.item_count::integer as item_count,  -- Number of customers who bought the item.
        others.item_count::integer as other_count,  -- Number of customers who bought the other item.
        both_count::integer as both_count,  -- Number of customers who bought both items.
        -- Support of the pair: share of all customers who bought both items, 0 to 1.
        (both_count / customer_count)::double as support,
        -- Confidence of the pair: share of the item's buyers who bought the other item as well, 0 to 1.
        (both_count / items.item_count)::double as confidence,
        -- Lift of the pair: confidence divided by the share of all customers who bought the other item; 1 is chance,
        -- and both directions have one lift.
        (both_count * customer_count / (items.item_count * others.item_count))::double as lift,

        pairs.realm_id,  -- QuickBooks id of the company (realm).
        pairs.item_id,  -- QuickBooks id of the item.
        pairs.other_item_id,  -- QuickBooks id of the other item.
    from pairs
    join customers using (realm_id)
    join items using (realm_id, item_id)
    join items as others on others.realm_id = pairs.realm_id and others.item_id = pairs.other_item_id
)

select * from final
