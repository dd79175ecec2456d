-- One row per customer and item to offer, with the item it bought that speaks for it most: items that go with what the
-- customer bought in 365 days, and that it did not buy itself. Customers who may not be contacted are left out, and so
-- are those whose family owes something overdue.
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
    select realm_id, customer_id, p_alive from marts.customer_lifetime_value where level = 'customer'
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
        companies.company_name,  -- Name of the company whose books these are.
        -- Full name of the customer: the names of all levels joined by colons, as Parent:Job.
        customers.full_name as customer_name,
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        customers.root_customer_name,
        offered.name as offer_item_name,  -- Name of the item to offer.
        bought.name as bought_item_name,  -- Name of the item bought that goes with the one to offer.

        companies.as_of_date,  -- Day at whose end the figures stand.

        both_count,  -- Number of customers who bought both items in 365 days, at least 5.
        support,  -- Support of the pair of items: share of all customers who bought both, 0 to 1.
        -- Confidence of the pair of items: share of the bought item's buyers who bought the other as well, 0 to 1.
        confidence,
        -- Lift of the pair of items: confidence divided by the share of all customers who bought the one to offer;
        -- above 1.2.
        lift,
        -- Probability that the customer orders again, 0 to 1; null where marts.customer_lifetime_value predicts
        -- nothing.
        p_alive,
        -- Mean amount of a sale of the item to offer, without tax, in home currency.
        mean_price::decimal(18, 2) as mean_price,
        -- Margin of the item to offer divided by its revenue, 0 to 1, negative where costs are higher; null where no
        -- cost is known.
        margin_rate::double as margin_rate,
        -- Probability to order again, taken as 1 where unknown, times confidence times mean price, in home currency.
        (coalesce(p_alive, 1) * confidence * mean_price)::decimal(18, 2) as expected_revenue,
        -- Expected revenue times margin rate, in home currency; null where no cost is known.
        (coalesce(p_alive, 1) * confidence * mean_price * margin_rate)::double as score,

        realm_id,  -- QuickBooks id of the company (realm).
        customer_id,  -- QuickBooks id of the customer to offer to.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        customers.root_customer_id,
        offered.item_id as offer_item_id,  -- QuickBooks id of the item to offer, active and not bought in 365 days.
        bought.item_id as bought_item_id,  -- QuickBooks id of the item that the customer bought.
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
