-- How far off the forecasts of payment dates were, in days, on invoices they had not seen, beside naive ones.
select *
from marts.model_scores
where realm_id = $realm and model = 'payment_survival' and metric = 'mae'
order by baseline_value
