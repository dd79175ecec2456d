-- The ten families of the most revenue in 365 days, and what they are expected to bring in the next, by the model and by
-- the rule that the last year comes again.
select
    segments.* replace (segments.root_customer_id as customer_id),
    sum(segments.net_revenue) over () as all_revenue,
    lifetime.model_status,
    lifetime.p_alive,
    lifetime.predicted_clv_revenue,
    lifetime.last_year_revenue,
    cohorts.expected_revenue_365d as all_predicted_revenue,
    cohorts.last_year_revenue as all_last_year_revenue,
from marts.customer_segments as segments
left join marts.customer_lifetime_value as lifetime
    on lifetime.realm_id = segments.realm_id and lifetime.level = 'family'
    and lifetime.root_customer_id = segments.root_customer_id
left join marts.lifetime_value_by_cohort as cohorts
    on cohorts.realm_id = segments.realm_id and cohorts.cohort = 'all'
where segments.realm_id = $realm and segments.level = 'family' and segments.orders > 0
order by segments.net_revenue desc, segments.root_customer_id
limit 10
