-- Which families pay later than before: last 90 days against the 90 before. At most 8 rows, the most money first.
select
    * replace (root_customer_id as customer_id),
    count(*) over () as customers,
from marts.customer_payment_behaviour
where realm_id = $realm and level = 'family' and period = '365d' and trend = 'worsening'
order by cash_amount desc, root_customer_id
limit 8
