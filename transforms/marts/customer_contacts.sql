-- One row per matched contact and customer: the contacts of contacts.csv that are customers, with what the books say of
-- them. Amounts are of the whole family, the top and all below it, in home currency. Empty until contacts.csv lies in
-- the data folder and a contact is matched.
with

contact_matches as (
    select * from marts.contact_matches where status = 'matched'
),

contacts as (
    select * from build.contacts
),

customers as (
    select * from core.customers
),

taxable_customers as (
    select realm_id, customer_id, is_taxable from staging.customers
),

customer_value as (
    select * from marts.customer_value where level = 'family'
),

aging as (
    select * from marts.ar_aging_by_customer
),

payment_behaviour as (
    select * from marts.customer_payment_behaviour where level = 'family' and period = 'all'
),

collections as (
    select * from core.customer_collections where level = 'family'
),

final as (
    select
        matches.company_name,  -- Name of the company whose books these are.
        contacts.name as contact_name,  -- Name of the contact in contacts.csv.
        contacts.phone as contact_phone,  -- Telephone number in contacts.csv, as typed.
        contacts.email as contact_email,  -- E-mail address in contacts.csv, as typed.
        matches.customer_name,  -- Full name of the customer: the names of all levels joined by colons, as Parent:Job.
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        matches.root_customer_name,
        -- Key that decided the match: 1 number and address, 2 number, 3 address; null when it is only confirmed by
        -- hand.
        matches.tier,
        customers.customer_type,  -- Customer type that the company assigned to the customer.
        customers.terms as payment_terms,  -- Payment terms that the customer has by default.

        -- Day on which money of the family last came in; null when it never did.
        collections.last_cash_date as last_payment_date,
        matches.as_of_date,  -- Day at whose end the figures stand.

        -- Net revenue of the family so far, without tax, in home currency.
        coalesce(customer_value.net_revenue, 0)::decimal(18, 2) as total_sales,
        -- Open amount of the family, net of credits, in home currency.
        coalesce(aging.total_open_with_subs, 0)::decimal(18, 2) as outstanding_balance,
        -- Credit limit that the company set for the customer, in the customer's currency; null when it set none.
        customers.credit_limit,
        -- Average days from invoice to payment, prepayments counted as 0, weighted by money; null without payments.
        payment_behaviour.days_to_pay_weighted as average_days_to_pay,
        -- Number of payments received against invoices of the family.
        coalesce(payment_behaviour.settlement_count, 0)::integer as payment_count,
        -- True when sales to the customer are not taxed; null when QuickBooks does not say.
        not taxable_customers.is_taxable as tax_exempt,
        customers.is_active,  -- False for a customer made inactive, which is how QuickBooks deletes customers.

        matches.realm_id,  -- QuickBooks id of the company (realm).
        matches.contact_id,  -- Id of the contact in contacts.csv.
        matches.customer_id as quickbooks_customer_id,  -- QuickBooks id of the customer.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        matches.root_customer_id,
    from contact_matches as matches
    join contacts using (contact_id)
    join customers on customers.realm_id = matches.realm_id and customers.customer_id = matches.customer_id
    join taxable_customers
        on taxable_customers.realm_id = matches.realm_id and taxable_customers.customer_id = matches.customer_id
    left join customer_value
        on customer_value.realm_id = matches.realm_id and customer_value.root_customer_id = matches.root_customer_id
    left join aging on aging.realm_id = matches.realm_id and aging.customer_id = matches.root_customer_id
    left join collections
        on collections.realm_id = matches.realm_id and collections.root_customer_id = matches.root_customer_id
    left join payment_behaviour
        on payment_behaviour.realm_id = matches.realm_id
        and payment_behaviour.root_customer_id = matches.root_customer_id
)

select * from final
