-- One row per company, level, period and month: how the customers who buy in the 1, 3 or 12 months up to the month's
-- end compare with those of as many months before: kept, gained, lost and returned, with their revenue. In home
-- currency. A customer of a period is one whose net revenue in it is positive: at level family with everyone below it,
-- at level customer alone. Read one level.
with

months as (
    select *, min(month) over (partition by realm_id) as first_month
    from core.revenue_months
),

companies as (
    select * from core.companies
),

customer_months as (
    select
        *,
        min(if(orders > 0, month, null)) over (partition by realm_id, level, level_customer_id) as bought_month,
    from core.customer_months
),

periods as (
    select
        *,
        (month - to_months(length - 1))::date as from_month,
        (month - to_months(2 * length - 1))::date as before_month,
        before_month >= first_month as has_before,
    from months
    cross join (select unnest(['month', 'quarter', 'year']) as period, unnest([1, 3, 12]) as length)
    cross join (select unnest(['family', 'customer']) as level)
),

buyers as (
    select
        periods.realm_id,
        periods.level,
        periods.period,
        periods.month,
        level_customer_id,
        min(bought_month) < any_value(before_month) as is_known,
        greatest(0, sum(if(customer_months.month >= from_month, customer_months.net_revenue, 0))) as revenue,
        greatest(0, sum(if(customer_months.month < from_month, customer_months.net_revenue, 0))) as revenue_before,
        sum(if(customer_months.month >= from_month, customer_months.orders, 0)) as orders,
    from periods
    join customer_months
        on customer_months.realm_id = periods.realm_id
        and customer_months.level = periods.level
        and customer_months.month >= periods.before_month
        and customer_months.month <= periods.month
    group by periods.realm_id, periods.level, periods.period, periods.month, level_customer_id
),

bridges as (
    select
        realm_id,
        level,
        period,
        month,
        count(*) filter (where revenue > 0) as customers,
        count(*) filter (where revenue_before > 0) as customers_before,
        count(*) filter (where revenue > 0 and revenue_before > 0) as kept,
        count(*) filter (where revenue > 0 and revenue_before = 0 and not is_known) as gained,
        count(*) filter (where revenue > 0 and revenue_before = 0 and is_known) as returned,
        count(*) filter (where revenue = 0 and revenue_before > 0) as lost,
        count(*) filter (where revenue > 0 and orders > 1) as repeaters,
        sum(revenue) as revenue,
        sum(revenue_before) as revenue_before,
        coalesce(sum(revenue) filter (where revenue_before = 0 and not is_known), 0) as gained_revenue,
        coalesce(sum(revenue) filter (where revenue_before = 0 and is_known), 0) as returned_revenue,
        coalesce(sum(revenue_before) filter (where revenue = 0), 0) as lost_revenue,
        coalesce(sum(revenue - revenue_before) filter (where revenue > revenue_before and revenue_before > 0), 0) as expanded,
        coalesce(sum(revenue_before - revenue) filter (where revenue < revenue_before and revenue > 0), 0) as contracted,
        sum(revenue::double ** 2) / nullif(sum(revenue)::double ** 2, 0) * 10000 as hhi,
        max(revenue, 10) as largest,
        largest[1] / nullif(sum(revenue), 0) as largest_share,
        list_sum(largest[:5]) / nullif(sum(revenue), 0) as top_five_share,
        list_sum(largest) / nullif(sum(revenue), 0) as top_ten_share,
    from buyers
    group by all
),

sums as (
    select
        realm_id,
        month,
        unnest(['month', 'quarter', 'year']) as period,
        unnest([gross_sales, sum(gross_sales) over quarter, sum(gross_sales) over year]) as gross_sales,
        unnest([discounts, sum(discounts) over quarter, sum(discounts) over year]) as discounts,
        unnest([refunds, sum(refunds) over quarter, sum(refunds) over year]) as refunds,
    from months
    window
        quarter as (partition by realm_id order by month rows between 2 preceding and current row),
        year as (partition by realm_id order by month rows between 11 preceding and current row)
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        periods.level,  -- Level of the customers: family, a customer with everyone below it, or customer for each alone.
        periods.period,  -- Period up to the month's end: month, quarter (3 months) or year (12 months).

        periods.month,  -- First day of the month with which the period ends.
        periods.from_month,  -- First day of the period.
        periods.as_of_date,  -- Day at whose end the figures stand.

        -- Revenue of the period's customers, net of refunds, in home currency, a customer with more refunded than sold
        -- counting as 0.
        coalesce(revenue, 0)::decimal(18, 2) as customer_revenue,
        -- Revenue of the customers of the period before, in home currency; null unless the books go back that far.
        if(has_before, coalesce(revenue_before, 0), null)::decimal(18, 2) as previous_revenue,
        -- Revenue of customers who bought for the first time, in home currency; null unless the books hold the period
        -- before.
        if(has_before, coalesce(gained_revenue, 0), null)::decimal(18, 2) as gained_revenue,
        -- Revenue of customers who had bought, but not in the period before, in home currency; null unless the books
        -- hold the period before.
        if(has_before, coalesce(returned_revenue, 0), null)::decimal(18, 2) as returned_revenue,
        -- What kept customers brought more than in the period before, in home currency; null unless the books hold the
        -- period before.
        if(has_before, coalesce(expanded, 0), null)::decimal(18, 2) as expansion_revenue,
        -- What kept customers brought less than in the period before, positive, in home currency; null unless the books
        -- hold the period before.
        if(has_before, coalesce(contracted, 0), null)::decimal(18, 2) as contraction_revenue,
        -- What lost customers had brought in the period before, positive, in home currency; null unless the books hold
        -- the period before.
        if(has_before, coalesce(lost_revenue, 0), null)::decimal(18, 2) as lost_revenue,
        -- Revenue per customer and month of the period, in home currency; null without customers.
        (revenue / nullif(customers, 0) / length)::decimal(18, 2) as revenue_per_customer_month,
        coalesce(customers, 0)::integer as customers,  -- Number of customers of the period.
        -- Number of customers of the period before; null unless the books go back that far.
        if(has_before, coalesce(customers_before, 0), null)::integer as previous_customers,
        -- Number of customers of both periods; null unless the books hold the period before.
        if(has_before, coalesce(kept, 0), null)::integer as kept_customers,
        -- Number of customers who bought for the first time; null unless the books hold the period before.
        if(has_before, coalesce(gained, 0), null)::integer as gained_customers,
        -- Number of customers who had bought earlier, but not in the period before; null unless the books hold the
        -- period before.
        if(has_before, coalesce(returned, 0), null)::integer as returned_customers,
        -- Number of customers of the period before who bought nothing in this one; null unless the books hold the
        -- period before.
        if(has_before, coalesce(lost, 0), null)::integer as lost_customers,
        -- Churn, 0 to 1: lost customers divided by the customers of the period before; null when there were none.
        if(has_before, lost / nullif(customers_before, 0), null)::double as churn_rate,
        -- Gross revenue retention, 0 to 1: revenue of the period before less what was lost and contracted, divided by
        -- revenue of the period before; null when there was none.
        if(has_before, (revenue_before - lost_revenue - contracted) / nullif(revenue_before, 0), null)::double as gross_revenue_retention_rate,
        -- Net revenue retention: revenue that the customers of the period before bring now, divided by what they
        -- brought then: 1.1 is 10 percent more; null when there was none.
        if(has_before, (revenue_before - lost_revenue - contracted + expanded) / nullif(revenue_before, 0), null)::double as net_revenue_retention_ratio,
        -- Share of the period's customers with orders on two days or more of the period, 0 to 1; null without customers.
        (repeaters / nullif(customers, 0))::double as repeat_rate,
        -- Discounts divided by gross sales, 0 to 1; null without sales, and where discounts exceed sales.
        if(sums.discounts between 0 and sums.gross_sales, sums.discounts / nullif(sums.gross_sales, 0), null)::double as discount_rate,
        -- Refunds divided by gross sales less discounts, 0 to 1; null without sales, and where refunds exceed sales.
        if(
            sums.refunds between 0 and sums.gross_sales - sums.discounts,
            sums.refunds / nullif(sums.gross_sales - sums.discounts, 0),
            null
        )::double as refund_rate,
        -- Concentration of revenue by customer as Herfindahl-Hirschman index in points, 0 to 10,000: the sum of the
        -- squared percentages, 10,000 with one customer (US Department of Justice: above 1,800 is concentrated); null
        -- without customers.
        hhi::double as hhi,
        -- Share of the period's revenue that the largest customer brings, 0 to 1; null without customers.
        largest_share::double as largest_customer_share,
        -- Share of the period's revenue that the five largest customers bring, 0 to 1; null without customers.
        least(1, top_five_share)::double as top_five_share,
        -- Share of the period's revenue that the ten largest customers bring, 0 to 1; null without customers.
        least(1, top_ten_share)::double as top_ten_share,
        -- True when the books hold the whole period, and its last month had ended on the run's date.
        last_day(periods.month) <= periods.as_of_date and from_month >= first_month as is_complete,

        periods.realm_id,  -- QuickBooks id of the company (realm).
    from periods
    join companies using (realm_id)
    left join bridges using (realm_id, level, period, month)
    left join sums using (realm_id, period, month)
)

select * from final
