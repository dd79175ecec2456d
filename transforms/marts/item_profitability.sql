-- One row per period, level and item, type or category: what it brought in and cost. Each level holds all revenue: add
-- up one level of one period. In home currency, up to the run's date.
with

companies as (
    select * from core.companies
),

items as (
    select * from core.items
),

sales_lines as (
    select *
    from core.sales_lines
    join companies using (realm_id)
    where txn_date <= as_of_date and not is_voided and is_revenue
),

by_item as (
    select
        realm_id,
        as_of_date,
        item_id,
        txn_date > as_of_date - 365 as is_recent,
        count(*) as line_count,
        sum(quantity) as quantity,
        sum(gross_home) as gross_sales,
        sum(discount_home) as discounts,
        sum(net_home) as net_revenue,
        sum(cost_home) as cost,
        sum(net_home) filter (where cost_home is not null) as costed_revenue,
        min(cost_basis) filter (where cost_home is not null) as lowest_basis,
        max(cost_basis) filter (where cost_home is not null) as highest_basis,
    from sales_lines
    group by all
),

by_period as (
    select 'all' as period, * from by_item
    union all
    select '365d' as period, * from by_item where is_recent
),

leveled as (
    select
        by_period.*,
        unnest(['item', 'type', 'category']) as level,
        unnest([by_period.item_id, items.item_type, items.parent_item_id]) as group_id,
    from by_period
    left join items using (realm_id, item_id)
),

groups as (
    select
        realm_id,
        as_of_date,
        period,
        level,
        group_id,
        sum(line_count) as line_count,
        count(distinct item_id) as item_count,
        sum(quantity) as quantity,
        sum(gross_sales) as gross_sales,
        sum(discounts) as discounts,
        sum(net_revenue) as net_revenue,
        sum(cost) as cost,
        sum(costed_revenue) as costed_revenue,
        min(lowest_basis) as lowest_basis,
        max(highest_basis) as highest_basis,
    from leveled
    group by all
),

classes as (
    select
        realm_id,
        period,
        level,
        group_id,
        sum(greatest(net_revenue, 0)) over of_level as total,
        sum(greatest(net_revenue, 0)) over (
            of_level
            order by net_revenue desc, group_id
            rows between unbounded preceding and current row
        ) - greatest(net_revenue, 0) as before,
        case
            when net_revenue <= 0 then 'C'
            when before * 100 < total * 80 then 'A'
            when before * 100 < total * 95 then 'B'
            else 'C'
        end as abc_class,
    from groups
    window of_level as (partition by realm_id, period, level)
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        groups.period,  -- Period up to the run's date: 365d or all.
        groups.level,  -- Level of the row: item, type or category.
        -- Name of the item, type or category; of an item or category the full name, of what no line shows none.
        coalesce(items.full_name, items.name, groups.group_id, 'none') as name,
        items.item_type,  -- Type of the item or category, such as Service; null at level type.
        items.sku,  -- Stock-keeping unit of the item (SKU).
        -- Where known costs come from: purchase_cost_snapshot, purchase_cost or bill_average of core.sales_lines,
        -- mixed, or none where no cost is known.
        case
            when groups.cost is null then 'none'
            when groups.lowest_basis = groups.highest_basis then groups.lowest_basis
            else 'mixed'
        end as cost_basis,
        -- Class by revenue: A while the rows before bring less than 80 percent of all revenue of the period and level, B
        -- below 95 percent, else C; C with none or negative.
        classes.abc_class,

        groups.as_of_date,  -- Day at whose end the figures stand.

        groups.item_count::integer as item_count,  -- Number of items sold.
        groups.line_count::integer as line_count,  -- Number of lines of documents.
        -- Quantity sold less quantity taken back, in units of the items; null where no line says how many.
        groups.quantity::decimal(24, 10) as quantity,
        -- Sales without tax, before discount, less credit memos and refund receipts, in home currency.
        groups.gross_sales::decimal(18, 2) as gross_sales,
        groups.discounts::decimal(18, 2) as discounts,  -- Share of the discounts on documents, in home currency.
        groups.net_revenue::decimal(18, 2) as net_revenue,  -- Gross sales less discounts, in home currency.
        -- Net revenue divided by that of all rows of the period and level: 0.1 is a tenth; negative where more was taken
        -- back than sold.
        (
            groups.net_revenue
            / nullif(sum(groups.net_revenue) over (partition by groups.realm_id, groups.period, groups.level), 0)
        )::double as total_revenue_ratio,
        -- Cost of what was sold, where known, in home currency; null when no cost is known.
        groups.cost::decimal(18, 2) as cost,
        -- Net revenue of the lines with known cost less that cost, in home currency; null when there are none.
        (groups.costed_revenue - groups.cost)::decimal(18, 2) as gross_margin,
        -- Gross margin divided by the net revenue whose cost is known, 0 to 1, negative where costs are higher; null
        -- without such revenue.
        ((groups.costed_revenue - groups.cost) / nullif(greatest(groups.costed_revenue, 0), 0))::double as margin_rate,
        -- Net revenue whose cost is known divided by all net revenue: 1 when every cost is known, beyond 0 to 1 only
        -- where credits outweigh sales.
        (coalesce(groups.costed_revenue, 0) / nullif(groups.net_revenue, 0))::double as known_cost_ratio,

        groups.realm_id,  -- QuickBooks id of the company (realm).
        -- Id of the row in its level: QuickBooks id of the item or category, name of the type; none where there is
        -- none.
        coalesce(groups.group_id, 'none') as group_id,
        -- QuickBooks id of the item; null at other levels and for what no line shows.
        if(groups.level = 'item', groups.group_id, null) as item_id,
    from groups
    join companies using (realm_id)
    left join classes
        on classes.realm_id = groups.realm_id
        and classes.period = groups.period
        and classes.level = groups.level
        and classes.group_id is not distinct from (groups.group_id)
    left join items
        on items.realm_id = groups.realm_id and items.item_id = groups.group_id and groups.level <> 'type'
)

select * from final
