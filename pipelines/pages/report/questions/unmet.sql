-- What that run did not find as it should be.
select suite, severity, description, observed
from checks.results
where realm_id = $realm and not is_passed
    and run_id = (select max(run_id) from checks.results where realm_id = $realm)
order by severity, suite, description
limit 12
