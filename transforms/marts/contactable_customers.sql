-- Whom to write to or call, and whom not, because they owe overdue money. One row per customer, inactive ones too.
-- What is owed is judged at the root: no parent or sibling of a delinquent job counts as clean. In home currency.
with

companies as (
    select * from core.companies
),

customers as (
    select * from core.customers
),

contact_keys as (
    select * from core.contact_keys where entity_type = 'Customer'
),

aging as (
    select * from marts.ar_aging_by_customer
),

keys as (
    select
        realm_id,
        entity_id as customer_id,
        count(phone) > 0 as has_phone,
        count(email) > 0 as has_email,
    from contact_keys
    group by all
),

owing as (
    select
        customers.*,
        companies.as_of_date,
        coalesce(keys.has_phone, false) as has_valid_phone,
        coalesce(keys.has_email, false) as has_valid_email,
        coalesce(aging.total_open_with_subs, 0) as open_amount,
        coalesce(aging.overdue_with_subs, 0) as overdue_amount,
    from customers
    join companies using (realm_id)
    left join keys using (realm_id, customer_id)
    left join aging on aging.realm_id = customers.realm_id and aging.customer_id = customers.root_customer_id
),

judged as (
    select
        *,
        case
            when not is_active then 'inactive'
            when not has_valid_phone and not has_valid_email then 'no_contact'
            when open_amount > 0 and overdue_amount > 0 then 'owes_overdue'
        end as reason,
    from owing
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        customer_id,  -- Customer, job or sub-customer
        root_customer_id,  -- Top of that customer's chain of parents

        display_name as customer_name,  -- Name of the customer
        customer_type,  -- Customer type the company assigned
        -- Why not to contact: inactive, no_contact (no valid number or address) or owes_overdue; null when contactable
        reason,

        open_amount::decimal(18, 2) as total_open_with_subs,  -- What the root and all below it owe, net of credits
        overdue_amount::decimal(18, 2) as overdue_with_subs,  -- Their charges past due, before credits

        has_valid_phone as has_phone,  -- True with a valid telephone number of its own, fax aside
        has_valid_email as has_email,  -- True with an e-mail address of its own
        open_amount <> 0 as has_open,  -- True when what the root's family owes is not 0 net
        -- True when a charge of the root's family is past due, whatever credits stand beside it
        overdue_amount > 0 as has_overdue,
        open_amount > 0 as net_owing,  -- True when the root's family owes net of credits
        -- True when credits cover what is past due: apply them before anyone is dunned
        overdue_amount > 0 and open_amount <= 0 as needs_application,
        is_active,  -- False for customers made inactive
        reason is null as is_contactable,  -- True when active, reachable, and not both owing and overdue

        as_of_date,  -- Day whose end this describes
    from judged
)

select * from final
