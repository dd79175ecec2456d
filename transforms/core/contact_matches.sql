-- One row per contact of contacts.csv and customer family that shares a key with it or is named in
-- contact_overrides.csv, and one without a family for a contact without any: what decides the match.
with

customers as (
    select * from core.customers
),

contacts as (
    select *
    from build.contacts
    cross join (select realm_id from core.companies)
),

contact_keys as (
    select realm_id, entity_id as contact_id, phone, email
    from core.contact_keys
    where entity_type = 'Contact'
),

customer_keys as (
    select
        keys.realm_id,
        keys.phone,
        keys.email,
        customers.customer_id,
        customers.root_customer_id,
        customers.depth,
    from core.contact_keys as keys
    join customers on customers.realm_id = keys.realm_id and customers.customer_id = keys.entity_id
    where keys.entity_type = 'Customer'
),

-- A number or address of more than 100 families is a placeholder, such as none@none.com, and says nothing.
telling_phones as (
    select realm_id, phone
    from customer_keys
    where phone is not null
    group by all
    having count(distinct root_customer_id) <= 100
),

telling_emails as (
    select realm_id, email
    from customer_keys
    where email is not null
    group by all
    having count(distinct root_customer_id) <= 100
),

shared as (
    select
        realm_id,
        contact_id,
        customer_id,
        root_customer_id,
        depth,
        phone,
        null as email,
    from customer_keys
    join telling_phones using (realm_id, phone)
    join (select realm_id, contact_id, phone from contact_keys) using (realm_id, phone)

    union all

    select
        realm_id,
        contact_id,
        customer_id,
        root_customer_id,
        depth,
        null as phone,
        email,
    from customer_keys
    join telling_emails using (realm_id, email)
    join (select realm_id, contact_id, email from contact_keys) using (realm_id, email)
),

sharing_customers as (
    select
        realm_id,
        contact_id,
        customer_id,
        root_customer_id,
        depth,
        min(phone) as phone,
        min(email) as email,
    from shared
    group by all
),

sharing_families as (
    select
        realm_id,
        contact_id,
        root_customer_id,
        first(customer_id order by phone is null or email is null, phone is null, depth, customer_id) as customer_id,
        min(phone) as phone,
        min(email) as email,
    from sharing_customers
    group by all
),

overrides as (
    select
        customers.realm_id,
        overrides.contact_id,
        customers.customer_id,
        customers.root_customer_id,
        overrides.decision,
    from build.contact_overrides as overrides
    join customers
        on customers.customer_id = overrides.customer_id
        and customers.realm_id = coalesce(overrides.realm_id, customers.realm_id)
    semi join contacts on contacts.contact_id = overrides.contact_id
    qualify row_number() over (
        partition by customers.realm_id, overrides.contact_id, customers.customer_id
        order by overrides.realm_id is null
    ) = 1
),

decisions as (
    select
        realm_id,
        contact_id,
        root_customer_id,
        min(decision) as decision,
        min(customer_id) filter (where decision = 'confirm') as confirmed_customer_id,
    from overrides
    group by all
),

candidates as (
    select
        realm_id,
        contact_id,
        root_customer_id,
        coalesce(confirmed_customer_id, customer_id) as customer_id,
        phone,
        email,
        decision,
        case
            when phone is not null and email is not null then 1
            when phone is not null then 2
            when email is not null then 3
        end as tier,
    from sharing_families
    full join decisions using (realm_id, contact_id, root_customer_id)
    where customer_id is not null or confirmed_customer_id is not null
),

counted as (
    select
        *,
        coalesce(decision = 'reject', false) as is_rejected,
        count(*) filter (where not is_rejected and phone is not null) over of_contact as phone_families,
        count(*) filter (where not is_rejected and email is not null) over of_contact as email_families,
        count(*) filter (where not is_rejected and tier = 1) over of_contact as both_families,
        count(*) filter (where decision = 'confirm') over of_contact as confirmed_families,
    from candidates
    window of_contact as (partition by realm_id, contact_id)
),

judged as (
    select
        *,
        coalesce(case tier
            when 1 then both_families
            when 2 then phone_families
            when 3 then email_families
        end > 1, false) and not is_rejected as is_ambiguous,
        min(tier) filter (where not is_ambiguous and not is_rejected) over (
            partition by realm_id, contact_id
        ) as deciding_tier,
    from counted
),

final as (
    select
        -- State of the match: matched; ambiguous (several families, people decide); outdone (a better key or a
        -- confirmed pair decided for another); rejected; unmatched (no customer shares a key).
        case
            when judged.customer_id is null then 'unmatched'
            when is_rejected then 'rejected'
            when decision = 'confirm' then 'matched'
            when confirmed_families > 0 then 'outdone'
            when deciding_tier is null then 'ambiguous'
            when tier = deciding_tier and not is_ambiguous then 'matched'
            else 'outdone'
        end as status,
        -- Key that decided: 1 number and address, 2 number, 3 address; null when the pair is only confirmed by hand, or
        -- unmatched.
        judged.tier,
        judged.phone as matched_phone,  -- Telephone number that contact and customer share; null when they share none.
        judged.email as matched_email,  -- E-mail address that contact and customer share; null when they share none.
        -- Decision in contact_overrides.csv about the pair, confirm or reject; null when it is not named there.
        judged.decision,

        -- True when another family shares the key of this tier, rejected families aside.
        coalesce(judged.is_ambiguous, false) as is_ambiguous,

        contacts.realm_id,  -- QuickBooks id of the company (realm).
        contacts.contact_id,  -- Id of the contact in contacts.csv.
        judged.customer_id,  -- QuickBooks id of the customer that shares the key or is confirmed; null when none does.
        -- QuickBooks id of the customer at the top of the family; null when no customer shares a key.
        judged.root_customer_id,
    from contacts
    left join judged using (realm_id, contact_id)
)

select * from final
