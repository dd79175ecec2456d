-- How each prediction did on what it had not seen, beside each simple rule. Customers count by family.
select *
from marts.model_scores
where realm_id = $realm and value is not null and baseline is not null and level is distinct from 'customer'
order by model, metric, horizon_days, horizon_months
