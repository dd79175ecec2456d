-- Customers, jobs and projects, inactive ones too. One row per customer.
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

final as (
    select
        customers.realm_id,  -- QuickBooks company id (realm)
        customers.customer_id,  -- QuickBooks id of the customer
        customers.parent_customer_id,  -- Customer this job or sub-customer belongs to; null at the top
        roots.root_customer_id,  -- Top of the chain of parents, the customer itself at the top

        customers.display_name,  -- Name on screen; QuickBooks appends " (deleted)" to inactive ones
        customers.full_name,  -- Names of all levels, joined by colons
        customers.company_name,  -- Name of the customer's company
        customer_types.name as customer_type,  -- Customer type the company assigned
        terms.name as terms,  -- Payment terms the customer has by default
        coalesce(customers.currency, companies.home_currency) as currency,  -- Currency the customer trades in
        roots.depth,  -- Levels below the root; 0 for a root

        customers.email,  -- Main e-mail; may hold several addresses, separated by commas
        customers.primary_phone,  -- Main phone as typed
        customers.mobile,  -- Mobile phone as typed
        coalesce(customers.shipping_city, customers.billing_city) as city,  -- City shipped to, else billed to
        coalesce(customers.shipping_state, customers.billing_state) as state,  -- State or province, likewise
        -- Postal code, likewise
        coalesce(customers.shipping_postal_code, customers.billing_postal_code) as postal_code,
        coalesce(customers.shipping_country, customers.billing_country) as country,  -- Country, likewise

        customers.balance,  -- Open balance QuickBooks shows now, in the customer's currency, without jobs
        customers.balance_with_jobs,  -- The same with all jobs and sub-customers below
        customers.credit_limit,  -- Credit limit the company set

        coalesce(customers.is_active, true) as is_active,  -- False for customers made inactive
        coalesce(customers.is_job, false) as is_job,  -- True for a job or sub-customer
        -- True when the parent gets the invoice
        coalesce(customers.is_billed_with_parent, false) as is_billed_with_parent,

        customers.created_at,  -- When the customer was entered (UTC)
    from customers
    join companies using (realm_id)
    left join roots using (realm_id, customer_id)
    left join customer_types using (realm_id, customer_type_id)
    left join terms using (realm_id, term_id)
)

select * from final
