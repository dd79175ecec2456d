-- How well the copy agrees with QuickBooks, entity by entity, in the last run that compared; the worst first.
select entity, accuracy, method, source_count, warehouse_count
from checks.accuracy
where realm_id = $realm and run_id = (select max(run_id) from checks.accuracy where realm_id = $realm)
order by accuracy, entity
