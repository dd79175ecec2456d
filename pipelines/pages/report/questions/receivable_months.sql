-- How fast receivables were collected in the last 25 months, the current one among them.
select *
from marts.receivables_by_month
where realm_id = $realm and month_start > as_of_date - interval 25 months
order by month_start
