-- One row per level and customer or family, with the names that the marts about customers show. At level customer a row
-- is a customer, job or sub-customer; at level family it is the customer at the top with everyone below it. Each level
-- holds everything: add up one level.
with

customers as (
    select * from core.customers
),

-- Customers that only documents name, too: QuickBooks has them no more, as after a merge.
named as (
    select realm_id, customer_id, root_customer_id from customers
    union
    select realm_id, customer_id, root_customer_id from core.sales_documents where customer_id is not null
    union
    select realm_id, customer_id, root_customer_id from core.receivables where customer_id is not null
),

leveled as (
    select
        realm_id,
        root_customer_id,
        unnest(['family', 'customer']) as level,
        unnest([root_customer_id, customer_id]) as level_customer_id,
        customer_id as member_id,
    from named
),

members as (
    select
        leveled.realm_id,
        leveled.level,
        leveled.level_customer_id,
        leveled.root_customer_id,
        count(*) as customer_count,
        bool_or(coalesce(customers.is_active, true)) as is_active,
    from leveled
    left join customers on customers.realm_id = leveled.realm_id and customers.customer_id = leveled.member_id
    group by all
),

final as (
    select
        members.level,  -- Level of the row: family, or customer for a single customer, job or sub-customer.
        -- Full name of the customer: the names of all levels joined by colons, as Parent:Job; at level family, of the
        -- customer at the top; null when QuickBooks has the customer no more.
        customers.full_name as customer_name,
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        customers.root_customer_name,
        -- Customer type that the company assigned to the customer, at level family to the one at the top.
        customers.customer_type,

        -- Number of customers, jobs and sub-customers that the row stands for: 1 at level customer.
        members.customer_count::integer as customer_count,
        -- False for a customer made inactive, which is how QuickBooks deletes customers; at level family, when all are.
        members.is_active,

        members.realm_id,  -- QuickBooks id of the company (realm).
        -- QuickBooks id that names the row within its level: of the customer, or of the one at the top of the family.
        members.level_customer_id,
        -- QuickBooks id of the customer, job or sub-customer; null at level family.
        if(members.level = 'customer', members.level_customer_id, null) as customer_id,
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        members.root_customer_id,
    from members
    left join customers
        on customers.realm_id = members.realm_id and customers.customer_id = members.level_customer_id
)

select * from final
