-- One row per company: how many of the offers that could have been made 90 days before the run's date were bought since,
-- beside as many offers to the same customers of the items that most customers bought and they had not.
with

companies as (
    select * from core.companies
),

item_baskets as (
    select *
    from core.item_baskets
    where known_by_date < as_of_date
),

item_pairs as (
    select realm_id, count(*) as pair_count
    from core.item_pairs
    join companies using (realm_id)
    where known_by_date < as_of_date
    group by all
),

offers as (
    select realm_id, customer_id, offer_item_id as item_id
    from core.item_offers
    where known_by_date < as_of_date
),

offer_counts as (
    select realm_id, customer_id, count(*) as offer_count
    from offers
    group by all
),

owned_counts as (
    select realm_id, customer_id, count(*) as owned_count
    from item_baskets
    group by all
),

popular_items as (
    select
        realm_id,
        item_id,
        row_number() over (partition by realm_id order by count(*) desc, item_id) as place,
    from item_baskets
    group by realm_id, item_id
),

popular_offers as (
    select offer_counts.realm_id, offer_counts.customer_id, popular_items.item_id
    from offer_counts
    join owned_counts using (realm_id, customer_id)
    join popular_items
        on popular_items.realm_id = offer_counts.realm_id
        and popular_items.place <= offer_counts.offer_count + owned_counts.owned_count
    anti join item_baskets as owned
        on owned.realm_id = offer_counts.realm_id
        and owned.customer_id = offer_counts.customer_id
        and owned.item_id = popular_items.item_id
    qualify row_number() over (
        partition by offer_counts.realm_id, offer_counts.customer_id order by popular_items.place
    ) <= offer_counts.offer_count
),

bought_later as (
    select realm_id, customer_id, item_id
    from core.sales_lines
    join companies using (realm_id)
    where txn_date > as_of_date - 90 and txn_date <= as_of_date and is_revenue
    group by all
    having sum(net_home) > 0
),

hits as (
    select offers.realm_id, count(*) as offer_count, count(bought_later.item_id) as bought_count
    from offers
    left join bought_later using (realm_id, customer_id, item_id)
    group by all
),

popular_hits as (
    select popular_offers.realm_id, count(*) as offer_count, count(bought_later.item_id) as bought_count
    from popular_offers
    left join bought_later using (realm_id, customer_id, item_id)
    group by all
),

final as (
    select
        'upsell' as model,  -- Name of the model: upsell.
        null::varchar as level,  -- Level of the model; null, since offers go to single customers.
        'hit_rate' as metric,  -- What is measured: hit_rate, the share of the offers that were bought.
        -- What was judged, in words.
        'up to five offers to each customer of items not bought in 365 days, whether bought within 90 days' as judged_on,
        'most_popular' as baseline,  -- Name of the naive forecast: most_popular, of the items not yet bought.
        -- Whether there was something to offer: fitted; nothing_significant where no items went together beyond activity
        -- and were likelier than the most popular ones; insufficient_data where no two items were bought by five customers.
        case
            when pair_count is null then 'insufficient_data'
            when hits.offer_count is null then 'nothing_significant'
            else 'fitted'
        end as model_status,

        as_of_date - 90 as split_date,  -- Day on which the training ended.
        as_of_date,  -- Day at whose end the figures stand.

        90 as horizon_days,  -- Days ahead that were judged.
        null::integer as horizon_months,  -- Months ahead that were judged; null, since days were.
        -- Share of the offers that the customer bought, 0 to 1; null where there was nothing to offer.
        hits.bought_count / hits.offer_count as value,
        -- Share bought, 0 to 1, of as many offers to each customer of the most popular items it had not; null where there
        -- was nothing to offer.
        popular_hits.bought_count / popular_hits.offer_count as baseline_value,
        coalesce(hits.offer_count, 0) as compared_count,  -- Number of offers compared.
        0 as missing_count,  -- Number of compared offers for which the model had no figure: 0.
        null::double as coverage,  -- Share of the outcomes within the interval, 0 to 1; null, since there is none.
        null::double as stated_coverage,  -- Share that the interval promises to hold, 0 to 1; null without an interval.

        realm_id,  -- QuickBooks id of the company (realm).
    from companies
    left join item_pairs using (realm_id)
    left join hits using (realm_id)
    left join popular_hits using (realm_id)
)

select * from final
