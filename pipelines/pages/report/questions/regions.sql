-- Revenue of 365 days by region: by state, by postal prefix where there are fewer than four, by country where that is all
-- the addresses say. At most 10 rows.
select *
from marts.revenue_by_region
where realm_id = $realm and period = '365d'
qualify level = first(level) over (
        order by region_count < 4 and level = 'state', region_count = 0, array_position(['state', 'postal', 'country'], level)
        rows between unbounded preceding and unbounded following
    )
order by net_revenue desc, region
limit 10
