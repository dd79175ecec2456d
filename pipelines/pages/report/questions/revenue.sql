-- Revenue of the last 25 months, the current one among them.
select *
from marts.revenue_by_month
where realm_id = $realm and month > as_of_date - interval 25 months
order by month
