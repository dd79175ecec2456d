-- Revenue expected in the next months, the current one among them.
select *
from marts.revenue_forecast
where realm_id = $realm
order by month
