-- What the run that let these rows out was allowed to let through. One row per check and id.
select
    check_name,
    id,
    any_value(entity) as entity,
    any_value(reason) as reason,
    max(until_date) as until_date,
    max_by(expected, column_name) as expected,
    max_by(actual, column_name) as actual,
    sum(amount_diff) as amount_diff,
from history.accepted_differences
where realm_id = $realm
    and run_id = (select max(run_id) from checks.results where realm_id = $realm)
group by all
order by all
