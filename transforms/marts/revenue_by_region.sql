-- One row per period, level and region: where revenue comes from, and how concentrated it is. Each level holds all
-- revenue: add up one level of one period. In home currency, up to the run's date.
with

companies as (
    select * from core.companies
),

sales_lines as (
    select *
    from core.sales_lines
    join companies using (realm_id)
    where txn_date <= as_of_date and not is_voided and is_revenue
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
            / nullif(sum(if(is_known, positive_revenue, 0)) over (partition by realm_id, period, level), 0)
            as revenue_share,
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
        sum((100 * revenue_share) ** 2) filter (where is_known) as hhi,
        sum(revenue_share) filter (where is_known and place = 1) as top1_share,
        sum(revenue_share) filter (where is_known and place <= 5) as top5_share,
        sum(positive_revenue) filter (where is_known) as known_revenue,
        sum(positive_revenue) as known_and_unknown_revenue,
    from shared
    group by all
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        period,  -- Period up to the run's date: 365d or all.
        -- Level of the row: country; state, which is country and state; or postal, which is country, state and postal
        -- prefix.
        level,
        -- Region, such as US, US-CA or US-CA-941, as fine as the address says; unknown without an address.
        coalesce(region, 'unknown') as region,
        shared.country,  -- Country, two letters where the spelling is known; null without an address.
        level_state as state,  -- State or province; null at level country or when the address has none.
        level_prefix as postal_prefix,  -- First three letters or digits of the postal code; null above level postal.
        -- Place of the region by revenue within its period and level, 1 for the most; null for unknown.
        if(is_known, place, null)::integer as rank,
        -- Concentration of the level: low below an index of 1000 points, moderate up to 1800, high above.
        case
            when hhi > 1800 then 'high'
            when hhi >= 1000 then 'moderate'
            when hhi is not null then 'low'
        end as concentration,

        shared.as_of_date,  -- Day at whose end the figures stand.

        net_revenue::decimal(18, 2) as net_revenue,  -- Gross sales less discounts less refunds, in home currency.
        documents::integer as documents,  -- Number of invoices, sales receipts, credit memos and refund receipts.
        customers::integer as customers,  -- Number of customers on the documents.
        -- Share of all positive revenue of known regions, 0 to 1; null for unknown.
        if(is_known, revenue_share, null)::double as revenue_share,
        -- Number of known regions with positive revenue in the period and level.
        region_count::integer as region_count,
        -- Herfindahl-Hirschman index of the level: sum of the squared shares in percent, in points up to 10000 for a
        -- single region.
        hhi::double as hhi,
        (10000 / hhi)::double as effective_regions,  -- Number of regions of equal size that would be as concentrated.
        -- Share of the largest region in the positive revenue of known regions, 0 to 1.
        top1_share::double as top1_share,
        -- Share of the five largest regions in the positive revenue of known regions, 0 to 1.
        if(top5_share > 1, 1, top5_share)::double as top5_share,
        -- Share of the positive revenue whose region is known, 0 to 1.
        (known_revenue / nullif(known_and_unknown_revenue, 0))::double as known_region_share,

        realm_id,  -- QuickBooks id of the company (realm).
    from shared
    join companies using (realm_id)
    join concentrations using (realm_id, period, level)
)

select * from final
