-- One row per customer and item to offer, with the item it bought that speaks for it most: items that go with what the
-- customer bought in 365 days, more often than its activity alone predicts, and that it did not buy itself; the five
-- likeliest, if likelier than the most popular item it did not buy. Empty where no items go together so. Customers who may not be contacted are left out, and so are those whose family owes something
-- overdue.
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

item_offers as (
    select * from core.item_offers where known_by_date = as_of_date
),

item_baskets as (
    select * from core.item_baskets where known_by_date = as_of_date
),

lifetime_values as (
    select realm_id, customer_id, p_alive from marts.customer_lifetime_value where level = 'customer'
),

prices as (
    select
        realm_id,
        item_id as offer_item_id,
        sum(net_revenue) / nullif(sum(sale_count), 0) as mean_price,
        (sum(revenue_with_cost) - sum(cost)) / nullif(greatest(sum(revenue_with_cost), 0), 0) as margin_rate,
    from item_baskets
    group by all
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        rank,  -- Place of the offer among all to the customer, 1 to 5, by confidence.
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
        -- Lift of the pair of items: confidence divided by the share of all customers who bought the one to offer. Busy
        -- customers alone make it greater than 1.
        lift,
        -- Number of customers who would have bought both items if only the number of items that each customer buys and
        -- the popularity of the items counted.
        expected_both_count,
        -- Share of chance, 0 to 1, among the pairs of items that are at least as improbable, at most; 0.1 or less.
        false_discovery_rate,
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
    from item_offers
    join companies using (realm_id)
    semi join contactable_customers using (realm_id, customer_id)
    join items as offered on offered.realm_id = item_offers.realm_id and offered.item_id = item_offers.offer_item_id
    join prices on prices.realm_id = item_offers.realm_id and prices.offer_item_id = item_offers.offer_item_id
    left join items as bought
        on bought.realm_id = item_offers.realm_id and bought.item_id = item_offers.bought_item_id
    left join customers using (realm_id, customer_id)
    left join lifetime_values using (realm_id, customer_id)
)

select * from final
