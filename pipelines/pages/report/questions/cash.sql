-- Money expected from open invoices in the next 13 weeks.
select *
from marts.cash_forecast
where realm_id = $realm
order by week
