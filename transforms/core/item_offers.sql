-- One row per day of knowledge, customer and item to offer, with the item it bought that speaks for it most: the five
-- likeliest of the items that go significantly with what the customer bought in 365 days, and that it did not buy itself,
-- if they are likelier than the most popular item that it did not buy. Everybody counts, contactable or not. Known by the
-- run's date, and by 90 days before, from which offers are put to the test.
with

items as (
    select realm_id, item_id, is_active from core.items
),

item_baskets as (
    select * from core.item_baskets
),

popular_items as (
    select
        realm_id,
        known_by_date,
        item_id,
        count(*) as item_count,
        row_number() over (partition by realm_id, known_by_date order by count(*) desc, item_id) as popularity,
    from item_baskets
    group by realm_id, known_by_date, item_id
),

owned_places as (
    select
        realm_id,
        known_by_date,
        customer_id,
        popularity,
        row_number() over (partition by realm_id, known_by_date, customer_id order by popularity) as owned_place,
    from item_baskets
    join popular_items using (realm_id, known_by_date, item_id)
),

-- Whoever bought the first, second and fourth most popular item has the third to try.
first_gaps as (
    select
        realm_id,
        known_by_date,
        customer_id,
        count(*) filter (where popularity = owned_place) + 1 as popularity,
    from owned_places
    group by all
),

most_popular_missing as (
    select realm_id, known_by_date, customer_id, item_count
    from first_gaps
    join popular_items using (realm_id, known_by_date, popularity)
),

-- The place of each pair among those that speak for the same other item.
item_pairs as (
    select
        *,
        row_number() over (
            partition by realm_id, known_by_date, other_item_id
            order by confidence desc, p_value, item_id
        ) as place,
    from core.item_pairs
    where is_significant
),

best_places as (
    select
        item_baskets.realm_id,
        item_baskets.known_by_date,
        item_baskets.as_of_date,
        item_baskets.customer_id,
        item_pairs.other_item_id,
        min(place) as place,
    from item_baskets
    join item_pairs using (realm_id, known_by_date, item_id)
    group by all
),

final as (
    select
        -- Place of the offer among all to the customer, 1 to 5, by confidence.
        row_number() over (
            partition by best_places.realm_id, known_by_date, best_places.customer_id
            order by item_pairs.confidence desc, item_pairs.p_value, best_places.other_item_id
        )::integer as rank,

        known_by_date,  -- Day at whose end the figures stand: the run's date, or 90 days before.
        best_places.as_of_date,  -- Day of the run.

        item_pairs.both_count,  -- Number of customers who bought both items in 365 days, at least 5.
        -- Number of customers who would have bought both items if only the number of items that each customer buys and
        -- the popularity of the items counted.
        item_pairs.expected_both_count,
        item_pairs.support,  -- Support of the pair of items: share of all customers who bought both, 0 to 1.
        -- Confidence of the pair of items: share of the bought item's buyers who bought the other as well, 0 to 1.
        item_pairs.confidence,
        -- Lift of the pair of items: confidence divided by the share of all customers who bought the one to offer.
        item_pairs.lift,
        -- Share of chance, 0 to 1, among the pairs of items that are at least as improbable, at most; 0.1 or less.
        item_pairs.false_discovery_rate,

        best_places.realm_id,  -- QuickBooks id of the company (realm).
        best_places.customer_id,  -- QuickBooks id of the customer to offer to.
        best_places.other_item_id as offer_item_id,  -- QuickBooks id of the item to offer, not bought in 365 days.
        item_pairs.item_id as bought_item_id,  -- QuickBooks id of the item that the customer bought.
    from best_places
    join item_pairs using (realm_id, known_by_date, other_item_id, place)
    join most_popular_missing using (realm_id, known_by_date, customer_id)
    join items on items.realm_id = best_places.realm_id and items.item_id = best_places.other_item_id
    anti join item_baskets as owned
        on owned.realm_id = best_places.realm_id
        and owned.known_by_date = best_places.known_by_date
        and owned.customer_id = best_places.customer_id
        and owned.item_id = best_places.other_item_id
    where item_pairs.confidence > most_popular_missing.item_count / item_pairs.customer_count
        and (items.is_active or known_by_date < best_places.as_of_date)
    qualify rank <= 5
)

select * from final
