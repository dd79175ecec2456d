-- One row per contact of contacts.csv and customer family that shares a key with it or is named in
-- contact_overrides.csv; a contact without any has one row without a customer. Keys are telephone number and e-mail
-- address together, then the number, then the address. A parent and its jobs are one family. What more than one family
-- shares is listed, never merged. Empty until contacts.csv lies in the data folder.
with

companies as (
    select * from core.companies
),

customers as (
    select * from core.customers
),

contacts as (
    select * from build.contacts
),

matches as (
    select * from core.contact_matches
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        contacts.name as contact_name,  -- Name of the contact in contacts.csv.
        -- Full name of the customer, as Parent:Job; null when no customer shares a key.
        customers.full_name as customer_name,
        -- Name of the customer at the top of the family; null when no customer shares a key.
        customers.root_customer_name,
        -- State of the match: matched; ambiguous (several families, people decide); outdone (a better key or a
        -- confirmed pair decided for another); rejected; unmatched (no customer shares a key).
        matches.status,
        -- Key that decided: 1 number and address, 2 number, 3 address; null when the pair is only confirmed by hand, or
        -- unmatched.
        matches.tier,
        matches.matched_phone,  -- Telephone number that contact and customer share; null when they share none.
        matches.matched_email,  -- E-mail address that contact and customer share; null when they share none.
        -- Decision in contact_overrides.csv about the pair, confirm or reject; null when it is not named there.
        matches.decision,

        companies.as_of_date,  -- Day at whose end the figures stand.

        -- True when another family shares the key of this tier, rejected families aside.
        matches.is_ambiguous,

        matches.realm_id,  -- QuickBooks id of the company (realm).
        matches.contact_id,  -- Id of the contact in contacts.csv.
        matches.customer_id,  -- QuickBooks id of the customer that shares the key or is confirmed; null when none does.
        -- QuickBooks id of the customer at the top of the family; null when no customer shares a key.
        matches.root_customer_id,
    from matches
    join companies using (realm_id)
    join contacts using (contact_id)
    left join customers on customers.realm_id = matches.realm_id and customers.customer_id = matches.customer_id
)

select * from final
