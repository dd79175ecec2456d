-- The ten families of the most revenue in 365 days, and what they are expected to bring in the next.
select
    segments.* replace (segments.root_customer_id as customer_id),
    sum(segments.net_revenue) over () as all_revenue,
    lifetime.model_status,
    lifetime.p_alive,
    lifetime.predicted_clv_revenue,
    lifetime.last_year_revenue,
from marts.customer_segments as segments
left join marts.customer_lifetime_value as lifetime
    on lifetime.realm_id = segments.realm_id and lifetime.level = 'family'
    and lifetime.root_customer_id = segments.root_customer_id
where segments.realm_id = $realm and segments.level = 'family' and segments.orders > 0
order by segments.net_revenue desc, segments.root_customer_id
limit 10
