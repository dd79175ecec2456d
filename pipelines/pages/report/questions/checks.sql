-- The run that let these rows out, and how many expectations they met. One row.
select
    run_id,
    as_of_date,
    count(*) as expectations,
    count(*) filter (is_passed) as passed,
    count(*) filter (not is_passed and severity = 'critical') as critical,
    count(distinct suite) as suites,
from checks.results
where realm_id = $realm
group by all
order by run_id desc
limit 1
