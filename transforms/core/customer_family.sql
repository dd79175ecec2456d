-- One row per customer and ancestor, each customer being its own ancestor at distance 0: who stands above whom among
-- customers and jobs. At most five levels up; a circle of parents counts as none.
with recursive

customers as (
    select * from staging.customers
),

family (realm_id, customer_id, ancestor_customer_id, distance) as (
    select
        realm_id,
        customer_id,
        customer_id,
        0,
    from customers

    union all

    select
        family.realm_id,
        family.customer_id,
        parents.customer_id,
        family.distance + 1,
    from family
    join customers
        on customers.realm_id = family.realm_id and customers.customer_id = family.ancestor_customer_id
    join customers as parents
        on parents.realm_id = family.realm_id and parents.customer_id = customers.parent_customer_id
    where family.distance < 6
),

endless as (
    select distinct realm_id, customer_id
    from family
    where distance = 6
),

final as (
    select
        family.distance,  -- Number of levels between the customer and the ancestor; 0 for the customer itself.

        family.realm_id,  -- QuickBooks id of the company (realm).
        family.customer_id,  -- QuickBooks id of the customer or job.
        -- QuickBooks id of the ancestor: the customer itself, its parent, the parent's parent and so on.
        family.ancestor_customer_id,
    from family
    left join endless using (realm_id, customer_id)
    where endless.customer_id is null or family.distance = 0
)

select * from final
