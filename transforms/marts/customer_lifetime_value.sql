-- One row per level and customer or family with an order: what each is expected to bring, beside what it brought. A
-- family is the customer at the top with everyone below it: add up one level. In home currency. An order of which nothing
-- is left after what was given back, credited or written off is none. Predictions need 20 customers, or families, of the
-- level, 10 of them with a repeat order, and 26 weeks of history.
with

companies as (
    select * from core.companies
),

customer_levels as (
    select * from core.customer_levels
),

purchase_model as (
    select * from core.purchase_model where span = 'all'
),

order_histories as (
    select * from core.order_histories where span = 'all'
),

customer_value as (
    select *, coalesce(customer_id, root_customer_id) as level_customer_id from marts.customer_value
),

service_frequency as (
    select *, coalesce(customer_id, root_customer_id) as level_customer_id
    from marts.service_frequency
    where item_id is null
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        customer_levels.level,  -- Level of the row: family, or customer for a single customer, job or sub-customer.
        -- Full name of the customer: the names of all levels joined by colons, as Parent:Job; at level family, of the
        -- customer at the top.
        customer_levels.customer_name,
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        customer_levels.root_customer_name,
        -- How orders are predicted: fitted by MBG/NBD; small_book, by MBG/NBD fitted to less than 100 customers, 50 with a
        -- repeat order or 52 weeks; nbd, as if nobody left; or insufficient_data, when predictions are null and
        -- overdue_ratio tells what can be told.
        model_status,
        -- How the spend per order is predicted: fitted by Gamma-Gamma; small_book, by Gamma-Gamma fitted to few customers;
        -- mean, the customer's own drawn towards that of all; or insufficient_data.
        spend_status,

        order_histories.first_order,  -- Day of the first order.
        order_histories.last_order,  -- Day of the last order.
        order_histories.as_of_date,  -- Day at whose end the figures stand.

        p_alive,  -- Probability that the customer orders again some day 0 to 1, and 1 for nbd; null where not predicted.
        -- Probability that the customer has left for good, 0 to 1; null where not predicted.
        (1 - p_alive)::double as churn_probability,
        expected_orders_90d,  -- Number of orders expected in the next 90 days; null where not predicted.
        expected_orders_365d,  -- Number of orders expected in the next 365 days; null where not predicted.
        -- Revenue expected per order, without tax, in home currency; null where not predicted.
        expected_spend_amount,
        -- Customer lifetime value as revenue: what is expected in the next 365 days, discounted by 1 percent a month,
        -- in home currency; null where not predicted.
        (discounted_orders_365d * expected_spend_amount)::decimal(18, 2) as predicted_clv_revenue,
        -- Residual customer lifetime value as revenue: what is expected from the second to the tenth year ahead, discounted
        -- by 1 percent a month, in home currency; null where not predicted.
        (residual_orders * expected_spend_amount)::decimal(18, 2) as residual_clv_revenue,
        -- Low end of the range that the residual customer lifetime value stays within in four of five futures, in home
        -- currency; null where not predicted.
        least(residual_low_revenue, residual_clv_revenue)::decimal(18, 2) as low_residual_clv_revenue,
        -- High end of the range that the residual customer lifetime value stays within in four of five futures, in home
        -- currency; null where not predicted.
        greatest(residual_high_revenue, residual_clv_revenue)::decimal(18, 2) as high_residual_clv_revenue,
        -- Net revenue less write-offs of the last 365 days, in home currency: what the next 365 bring by the simplest rule.
        purchase_model.last_year_revenue,
        -- Share of the charges so far that came in as money, 0 to 1: money collected divided by money collected, written
        -- off and overdue; null when there is none of the three.
        collected_rate,
        -- Customer lifetime value in cash: predicted revenue of 365 days times the share collected, in home currency; 0
        -- for one that never paid, null where not predicted.
        (predicted_clv_revenue * coalesce(collected_rate, 1))::decimal(18, 2) as predicted_clv_cash,
        -- Margin so far less write-offs, divided by the revenue whose cost is known, 0 to 1, negative where costs were
        -- higher; null without such revenue.
        ((gross_margin - written_off) / nullif(greatest(gross_margin + cost, 0), 0))::double as margin_rate,
        -- Net revenue whose cost is known divided by all net revenue so far: 1 when every cost is known, beyond 0 to 1
        -- only where credits outweigh sales.
        known_cost_ratio,
        -- Customer lifetime value as margin: predicted revenue of 365 days times the margin rate, in home currency;
        -- null where no cost is known.
        (predicted_clv_revenue * margin_rate)::decimal(18, 2) as predicted_clv_margin,
        net_revenue,  -- Net revenue so far, in home currency.
        written_off,  -- Receivables given up so far, positive, in home currency.
        cash_collected,  -- Money received so far for these sales with tax, in home currency.
        -- Margin so far, of the revenue whose cost is known, in home currency; null when no cost is known.
        gross_margin,
        (repeat_orders + 1)::integer as orders,  -- Number of orders so far of which something is left.
        repeat_orders,  -- Number of orders so far after the first.
        recency_weeks,  -- Weeks from the first order to the last; 0 without repeat orders.
        age_weeks,  -- Weeks from the first order to the run's date.
        repeat_mean_amount,  -- Mean revenue of a repeat order, in home currency; null without any.
        days_since_last,  -- Days from the last visit to the run's date.
        median_gap,  -- Median days between visits; null with one visit.
        gap_count,  -- Number of gaps between days of service.
        -- Days since the last visit divided by the median days between visits, above 3 lapsed; null below 2 gaps.
        overdue_ratio,

        order_histories.realm_id,  -- QuickBooks id of the company (realm).
        -- QuickBooks id of the customer on the documents; null at level family.
        order_histories.customer_id,
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        order_histories.root_customer_id,
    from order_histories
    join companies using (realm_id)
    join purchase_model using (realm_id, level, level_customer_id)
    left join customer_levels using (realm_id, level, level_customer_id)
    left join customer_value using (realm_id, level, level_customer_id)
    left join service_frequency using (realm_id, level, level_customer_id)
)

select * from final
