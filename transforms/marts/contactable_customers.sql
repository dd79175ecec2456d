-- One row per customer, inactive ones too: whom to write to or call, and whom not, because the family owes overdue
-- money. What is owed is judged at the top of the family: no parent or sibling of a delinquent job counts as clean. In
-- home currency.
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
        coalesce(keys.has_phone, false) as has_valid_phone,
        coalesce(keys.has_email, false) as has_valid_email,
        coalesce(aging.total_open_with_subs, 0) as open_amount,
        coalesce(aging.overdue_with_subs, 0) as overdue_amount,
    from customers
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
        companies.company_name,  -- Name of the company whose books these are.
        -- Full name of the customer: the names of all levels joined by colons, as Parent:Job.
        full_name as customer_name,
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        root_customer_name,
        customer_type,  -- Customer type that the company assigned to the customer.
        -- Reason not to contact the customer: inactive, no_contact (no valid number or address) or owes_overdue; null
        -- when contactable.
        reason,

        companies.as_of_date,  -- Day at whose end the figures stand.

        -- Open amount of the whole family, net of credits, in home currency.
        open_amount::decimal(18, 2) as total_open_with_subs,
        -- Open charges past their due date of the whole family, before credits, in home currency.
        overdue_amount::decimal(18, 2) as overdue_with_subs,
        has_valid_phone as has_phone,  -- True when the customer itself has a valid telephone number, fax aside.
        has_valid_email as has_email,  -- True when the customer itself has an e-mail address.
        open_amount <> 0 as has_open,  -- True when the open amount of the whole family, net of credits, is not 0.
        -- True when a charge of the family is past due, whatever credits stand beside it.
        overdue_amount > 0 as has_overdue,
        open_amount > 0 as net_owing,  -- True when the family owes money net of credits.
        -- True when credits cover what is past due, so that applying them comes before any reminder.
        overdue_amount > 0 and open_amount <= 0 as needs_application,
        is_active,  -- False for a customer made inactive, which is how QuickBooks deletes customers.
        -- True when the customer is active, can be reached, and its family does not owe overdue money.
        reason is null as is_contactable,

        realm_id,  -- QuickBooks id of the company (realm).
        customer_id,  -- QuickBooks id of the customer, job or sub-customer.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        root_customer_id,
    from judged
    join companies using (realm_id)
)

select * from final
