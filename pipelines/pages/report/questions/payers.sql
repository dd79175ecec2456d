-- How families that paid in 365 days did so, by class of payer, and how many never paid.
select
    payer_class,
    count(*) as customers,
    sum(cash_amount) as cash_amount,
    sum(late_amount) as late_amount,
    sum(days_to_pay_weighted * cash_amount::double) / nullif(sum(cash_amount), 0)::double as days_to_pay,
from marts.customer_payment_behaviour
where realm_id = $realm and level = 'family' and period = '365d' and (cash_amount > 0 or payer_class = 'never paid')
group by all
order by min(array_position(['fast', 'on time', 'slow', 'never paid', 'insufficient'], payer_class)), payer_class
