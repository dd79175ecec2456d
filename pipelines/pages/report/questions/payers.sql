-- How those who paid in 365 days did so, by class of payer.
select
    payer_class,
    count(*) as customers,
    sum(cash_amount) as cash_amount,
    sum(late_amount) as late_amount,
    sum(days_to_pay_weighted * cash_amount::double) / nullif(sum(cash_amount), 0)::double as days_to_pay,
from marts.customer_payment_behaviour
where realm_id = $realm and period = '365d' and cash_amount > 0
group by all
order by min(array_position(['fast', 'on time', 'slow', 'insufficient'], payer_class)), payer_class
