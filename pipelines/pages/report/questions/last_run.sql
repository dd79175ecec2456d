-- The last run, as far as this file knows: a night on which no company passed does not change it.
select error
from ops.runs
where realm_id = $realm
order by started_at desc
limit 1
