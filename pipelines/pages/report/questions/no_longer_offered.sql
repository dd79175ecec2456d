-- Entities that the company's plan had once, and when they were read last. One row per entity.
select entity, last_synced_at
from ops.sync_status
where realm_id = $realm and state = 'no longer offered'
order by entity
