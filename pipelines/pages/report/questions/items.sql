-- The ten items of the most revenue in 365 days.
select
    *,
    count(*) over () as item_total,
from marts.item_profitability
where realm_id = $realm and period = '365d' and level = 'item'
order by net_revenue desc, group_id
limit 10
