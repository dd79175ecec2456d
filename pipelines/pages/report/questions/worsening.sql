-- Who pays later than before: last 90 days against the 90 before. At most 8 rows, the most money first.
select
    *,
    count(*) over () as customers,
from marts.customer_payment_behaviour
where realm_id = $realm and period = '365d' and trend = 'worsening'
order by cash_amount desc, customer_id
limit 8
