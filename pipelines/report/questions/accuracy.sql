-- How well the copy agrees with QuickBooks, entity by entity, in the last run that compared; the worst first.
select *
from checks.accuracy
where realm_id = $realm and run_id = (select max(run_id) from checks.accuracy where realm_id = $realm)
order by accuracy, entity
