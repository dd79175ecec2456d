-- What each customer is expected to bring, beside what it brought. One row per customer with an order.
-- In home currency. Predictions need 100 customers, 50 of them with a repeat order, and 52 weeks of history.
with

customers as (
    select * from core.customers
),

purchase_model as (
    select * from core.purchase_model where span = 'all'
),

order_histories as (
    select * from core.order_histories where span = 'all'
),

customer_value as (
    select * from marts.customer_value
),

service_frequency as (
    select * from marts.service_frequency where item_id is null
),

final as (
    select
        order_histories.realm_id,  -- QuickBooks company id (realm)
        order_histories.customer_id,  -- Customer on the documents
        customers.root_customer_id,  -- Top of that customer's chain of parents

        customers.display_name as customer_name,  -- Name of the customer
        -- fitted, or insufficient_data: then what is expected is null, and overdue_ratio tells what can be told
        model_status,
        spend_status,  -- The same of the spend per order

        p_alive,  -- Probability that the customer orders again some day (MBG/NBD)
        (1 - p_alive)::double as churn_probability,  -- Probability that it has left for good
        expected_orders_90d,  -- Orders expected in the next 90 days
        expected_orders_365d,  -- Orders expected in the next 365 days
        expected_spend_amount,  -- Revenue expected per order (Gamma-Gamma), without tax
        -- Revenue expected in the next 365 days, discounted by 1% a month
        (discounted_orders_365d * expected_spend_amount)::decimal(18, 2) as predicted_clv_revenue,
        -- Share of revenue with known cost that was margin so far; null without such revenue
        (gross_margin / nullif(greatest(gross_margin + cost, 0), 0))::double as margin_rate,
        margin_coverage,  -- Share of net revenue whose cost is known: n of margin_rate
        -- The predicted revenue's margin; null where no cost is known
        (predicted_clv_revenue * margin_rate)::decimal(18, 2) as predicted_clv_margin,

        net_revenue,  -- Net revenue so far
        gross_margin,  -- Margin so far, of revenue with known cost; null when none is
        (repeat_orders + 1)::integer as orders,  -- Orders so far
        repeat_orders,  -- Those after the first (x)
        recency_weeks,  -- Weeks from the first order to the last (t_x)
        age_weeks,  -- Weeks since the first order (T)
        repeat_mean_amount,  -- Mean revenue of a repeat order (m); null without any

        days_since_last,  -- Days since the last visit, as in marts.service_frequency
        median_gap,  -- Median days between visits
        n_gaps,  -- Gaps between visits: n of the two beside it
        overdue_ratio,  -- Days since the last visit over the median gap, above 3 lapsed; null below 2 gaps

        order_histories.as_of_date,  -- Day whose end this describes
        order_histories.first_order,  -- Day of the first order
        order_histories.last_order,  -- Day of the last order
    from order_histories
    join purchase_model using (realm_id, customer_id)
    left join customers using (realm_id, customer_id)
    left join customer_value using (realm_id, customer_id)
    left join service_frequency using (realm_id, customer_id)
)

select * from final
