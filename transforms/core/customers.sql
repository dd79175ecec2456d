-- One row per customer, job or project, inactive ones too.
with

customers as (
    select * from staging.customers
),

customer_family as (
    select * from core.customer_family
),

customer_types as (
    select * from staging.customer_types
),

terms as (
    select * from staging.terms
),

companies as (
    select * from core.companies
),

roots as (
    select
        realm_id,
        customer_id,
        max_by(ancestor_customer_id, distance) as root_customer_id,
        max(distance) as depth,
    from customer_family
    group by all
),

root_names as (
    select realm_id, customer_id as root_customer_id, display_name as root_customer_name
    from customers
),

final as (
    select
        customers.display_name,  -- Name of the customer on screen; QuickBooks appends " (deleted)" to inactive ones.
        -- Full name of the customer: the names of all levels joined by colons, as Parent:Job; the display name where
        -- QuickBooks states none.
        coalesce(customers.full_name, customers.display_name) as full_name,
        -- Name on screen of the customer at the top of the family: the customer itself where it has no parent.
        root_names.root_customer_name,
        customers.company_name,  -- Name of the customer's own company.
        customer_types.name as customer_type,  -- Customer type that the company assigned to the customer.
        terms.name as terms,  -- Payment terms that the customer has by default.
        -- Currency that the customer trades in, as an ISO 4217 code.
        coalesce(customers.currency, companies.home_currency) as currency,

        customers.email,  -- Main e-mail address of the customer; may hold several, separated by commas.
        customers.primary_phone,  -- Main telephone number of the customer as typed.
        customers.mobile,  -- Mobile telephone number of the customer as typed.
        -- City of the customer's shipping address, else of the billing address.
        coalesce(customers.shipping_city, customers.billing_city) as city,
        -- State or province of the customer's shipping address, else of the billing address.
        coalesce(customers.shipping_state, customers.billing_state) as state,
        -- Postal code of the customer's shipping address, else of the billing address.
        coalesce(customers.shipping_postal_code, customers.billing_postal_code) as postal_code,
        -- Country of the customer's shipping address, else of the billing address.
        coalesce(customers.shipping_country, customers.billing_country) as country,

        customers.created_at,  -- When the customer was entered, in UTC.

        -- Open balance that QuickBooks shows now without jobs and sub-customers, in the customer's currency.
        customers.balance,
        -- Open balance that QuickBooks shows now with all jobs and sub-customers, in the customer's currency.
        customers.balance_with_jobs,
        -- Credit limit that the company set for the customer, in the customer's currency; null when it set none.
        customers.credit_limit,
        roots.depth,  -- Number of levels between the customer and the top of its family; 0 at the top.
        -- False for a customer made inactive, which is how QuickBooks deletes customers.
        coalesce(customers.is_active, true) as is_active,
        coalesce(customers.is_job, false) as is_job,  -- True for a job or sub-customer.
        -- True when the parent gets the customer's invoices.
        coalesce(customers.is_billed_with_parent, false) as is_billed_with_parent,

        customers.realm_id,  -- QuickBooks id of the company (realm).
        customers.customer_id,  -- QuickBooks id of the customer.
        -- QuickBooks id of the customer that this job or sub-customer belongs to; null at the top.
        customers.parent_customer_id,
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        roots.root_customer_id,
    from customers
    join companies using (realm_id)
    left join roots using (realm_id, customer_id)
    left join root_names using (realm_id, root_customer_id)
    left join customer_types using (realm_id, customer_type_id)
    left join terms using (realm_id, term_id)
)

select * from final
