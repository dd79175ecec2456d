-- What to offer whom: items that go with what a customer bought in 365 days, and that it did not buy itself.
-- One row per customer and item to offer, with the item it bought that speaks for it most.
-- Customers who may not be contacted are left out, as those whose family owes something overdue.
with

companies as (
    select * from core.companies
),

contactable_customers as (
    select realm_id, customer_id from marts.contactable_customers where is_contactable
),

customers as (
    select * from core.customers
),

items as (
    select * from core.items
),

item_baskets as (
    select * from core.item_baskets
),

-- The place of each pair among those that speak for the same other item.
item_pairs as (
    select
        *,
        row_number() over (
            partition by realm_id, other_item_id
            order by confidence desc, lift desc, item_id
        ) as place,
    from core.item_pairs
    where lift > 1.2
),

lifetime_values as (
    select realm_id, customer_id, p_alive from marts.customer_lifetime_value
),

prices as (
    select
        realm_id,
        item_id as other_item_id,
        sum(net_revenue) / nullif(sum(sale_count), 0) as mean_price,
        (sum(revenue_with_cost) - sum(cost)) / nullif(greatest(sum(revenue_with_cost), 0), 0) as margin_rate,
    from item_baskets
    group by all
),

best_places as (
    select
        item_baskets.realm_id,
        item_baskets.customer_id,
        item_pairs.other_item_id,
        min(place) as place,
    from item_baskets
    semi join contactable_customers using (realm_id, customer_id)
    join item_pairs using (realm_id, item_id)
    group by all
),

best_offers as (
    select *
    from best_places
    join item_pairs using (realm_id, other_item_id, place)
    anti join item_baskets as owned
        on owned.realm_id = best_places.realm_id
        and owned.customer_id = best_places.customer_id
        and owned.item_id = best_places.other_item_id
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        customer_id,  -- Customer to speak to
        offered.item_id as offer_item_id,  -- Item to offer, active and not bought in 365 days
        bought.item_id as bought_item_id,  -- Item the customer bought that goes with it

        customers.display_name as customer_name,  -- Name of the customer
        offered.name as offer_item_name,  -- Name of the item to offer
        bought.name as bought_item_name,  -- Name of the item bought

        both_count,  -- Customers who bought both in 365 days, at least 5: n of confidence and lift
        support,  -- Share of all customers who bought both
        confidence,  -- Share of the bought item's buyers who bought the other as well
        lift,  -- Confidence over the share of all customers who bought the other; above 1.2

        p_alive,  -- Probability that the customer orders again; null below the gate of marts.customer_lifetime_value
        mean_price::decimal(18, 2) as mean_price,  -- Mean amount of a sale of the item to offer, without tax
        margin_rate::double as margin_rate,  -- Share of it that is margin; null where no cost is known
        -- Chance to order again, taken as 1 where unknown, times confidence times price
        (coalesce(p_alive, 1) * confidence * mean_price)::decimal(18, 2) as expected_revenue,
        -- The same times margin; null where no cost is known
        (coalesce(p_alive, 1) * confidence * mean_price * margin_rate)::double as score,

        as_of_date,  -- Day whose end this describes
    from best_offers
    join companies using (realm_id)
    join items as offered on offered.realm_id = best_offers.realm_id and offered.item_id = best_offers.other_item_id
    join prices using (realm_id, other_item_id)
    left join items as bought on bought.realm_id = best_offers.realm_id and bought.item_id = best_offers.item_id
    left join customers using (realm_id, customer_id)
    left join lifetime_values using (realm_id, customer_id)
    where offered.is_active
)

select * from final
