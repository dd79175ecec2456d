-- The same at the last 24 month ends, as today's books tell them, and on the report's day.
select
    aging_date,
    sum(current) as current,
    sum(d1_30) as d1_30,
    sum(d31_60) as d31_60,
    sum(d61_90) as d61_90,
    sum(d91_plus) as d91_plus,
from marts.ar_aging_history
where realm_id = $realm
    and kind = 'restated'
    and aging_date > as_of_date - interval 25 months
group by all
order by aging_date
