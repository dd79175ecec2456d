-- Segments of families by recency, frequency and revenue of 365 days, those of the most revenue first.
select
    segment,
    count(*) as customers,
    sum(net_revenue) as net_revenue,
from marts.customer_segments
where realm_id = $realm and level = 'family' and orders > 0
group by all
order by net_revenue desc, segment
