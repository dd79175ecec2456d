-- Where revenue comes from, and how concentrated it is. One row per period, level and region.
-- Each level holds all revenue: add up one level of one period. In home currency, up to the run's date.
with

companies as (
    select * from core.companies
),

sales_lines as (
    select *
    from core.sales_lines
    join companies using (realm_id)
    where txn_date <= as_of_date and not is_voided
),

sales_regions as (
    select * from core.sales_regions
),

documents as (
    select
        realm_id,
        doc_type,
        doc_id,
        customer_id,
        as_of_date,
        txn_date > as_of_date - 365 as is_recent,
        sum(net_home) as net_home,
    from sales_lines
    group by all
),

placed as (
    select
        realm_id,
        as_of_date,
        is_recent,
        country,
        state,
        postal_prefix,
        customer_id,
        count(*) as documents,
        sum(net_home) as net_revenue,
    from documents
    join sales_regions using (realm_id, doc_type, doc_id)
    group by all
),

by_period as (
    select 'all' as period, * from placed
    union all
    select '365d' as period, * from placed where is_recent
),

leveled as (
    select
        *,
        unnest(['country', 'state', 'postal']) as level,
        unnest([null, state, state]) as level_state,
        unnest([null, null, postal_prefix]) as level_prefix,
    from by_period
),

regions as (
    select
        realm_id,
        as_of_date,
        period,
        level,
        country,
        level_state,
        level_prefix,
        nullif(concat_ws('-', country, level_state, level_prefix), '') as region,
        region is not null as is_known,
        sum(documents) as documents,
        count(distinct customer_id) as customers,
        sum(net_revenue) as net_revenue,
        greatest(sum(net_revenue), 0) as positive_revenue,
    from leveled
    group by all
),

shared as (
    select
        *,
        positive_revenue
            / nullif(sum(if(is_known, positive_revenue, 0)) over (partition by realm_id, period, level), 0) as share,
        row_number() over (
            partition by realm_id, period, level
            order by is_known desc, net_revenue desc, region
        ) as place,
    from regions
),

concentrations as (
    select
        realm_id,
        period,
        level,
        count(*) filter (where is_known and positive_revenue > 0) as region_count,
        sum((100 * share) ** 2) filter (where is_known) as hhi,
        sum(share) filter (where is_known and place = 1) as top1_share,
        sum(share) filter (where is_known and place <= 5) as top5_share,
        sum(positive_revenue) filter (where is_known) as known_revenue,
        sum(positive_revenue) as known_and_unknown_revenue,
    from shared
    group by all
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        period,  -- 365d or all, up to the run's date
        level,  -- country; state, which is country and state; or postal, which is country, state and postal prefix
        -- Such as US, US-CA, US-CA-941; as much of it as the address says; unknown without an address
        coalesce(region, 'unknown') as region,

        country,  -- Country, two letters where the spelling is known
        level_state as state,  -- State or province; null at level country or when the address has none
        level_prefix as postal_prefix,  -- First three letters or digits of the postal code; null above level postal

        net_revenue::decimal(18, 2) as net_revenue,  -- Gross sales less discounts less refunds
        documents::integer as documents,  -- Invoices, sales receipts, credit memos and refunds
        customers::integer as customers,  -- Customers on them

        if(is_known, share, null)::double as share,  -- Part of all positive revenue of known regions; null for unknown
        if(is_known, place, null)::integer as rank,  -- 1 for the region with the most revenue; null for unknown

        region_count::integer as region_count,  -- Known regions with positive revenue: n of the figures that follow
        -- Herfindahl-Hirschman index of the level: sum of squared shares in percent, 10000 / n to 10000
        hhi::double as hhi,
        (10000 / hhi)::double as effective_regions,  -- As many regions of equal size would be as concentrated
        top1_share::double as top1_share,  -- Share of the largest region
        top5_share::double as top5_share,  -- Share of the five largest
        case
            when hhi > 1800 then 'high'
            when hhi >= 1000 then 'moderate'
            when hhi is not null then 'low'
        end as concentration,  -- low below an index of 1000, moderate up to 1800, high above
        -- Part of positive revenue whose region is known
        (known_revenue / nullif(known_and_unknown_revenue, 0))::double as coverage,

        as_of_date,  -- Day whose end this describes
    from shared
    join concentrations using (realm_id, period, level)
)

select * from final
