-- Whom to call first. At most 12 rows, with what all of the list comes to.
select
    *,
    count(*) over () as customers,
    sum(to_collect_amount) over () as all_to_collect,
from marts.collection_worklist
where realm_id = $realm
order by rank
limit 12
