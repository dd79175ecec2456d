-- How each prediction did on what it had not seen, beside the simple rule that did best there. Customers count by family.
select *
from marts.model_scores
where realm_id = $realm and is_best_baseline and value is not null and level is distinct from 'customer'
order by model, metric, horizon_days, horizon_months
