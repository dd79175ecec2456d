-- What is owed in each currency of the documents, and that in home currency.
select
    coalesce(currency, 'not said') as currency,
    count(distinct customer_id) as customers,
    sum(open_amount) as open_amount,
    sum(open_home) as open_home,
from core.open_receivables
where realm_id = $realm and open_amount <> 0
group by all
order by open_home desc, currency
