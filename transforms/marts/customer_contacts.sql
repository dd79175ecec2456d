-- The contacts that are customers, with what the books say of them. One row per matched contact and customer.
-- Amounts are of the whole family, the root and all below it, in home currency.
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

companies as (
    select * from core.companies
),

customer_value as (
    select * from marts.customer_value
),

aging as (
    select * from marts.ar_aging_by_customer
),

payment_behaviour as (
    select * from marts.customer_payment_behaviour where period = 'all'
),

money_received as (
    select realm_id, root_customer_id, txn_date
    from core.receivables
    where doc_type = 'Payment' and original_amount > 0

    union all

    select realm_id, root_customer_id, txn_date
    from core.sales_documents
    where doc_type = 'SalesReceipt' and total_amount > 0
),

sales as (
    select realm_id, root_customer_id, sum(net_revenue) as total_sales
    from customer_value
    group by all
),

last_payments as (
    select realm_id, root_customer_id, max(txn_date) as last_payment_date
    from money_received
    join companies using (realm_id)
    where txn_date <= as_of_date
    group by all
),

days_to_pay as (
    select
        realm_id,
        root_customer_id,
        sum(dtp_weighted * cash_amount) / sum(cash_amount) as average_days_to_pay,
        sum(settlement_count) as payment_count,
    from payment_behaviour
    where cash_amount > 0
    group by all
),

final as (
    select
        matches.realm_id,  -- QuickBooks company id (realm)
        matches.contact_id,  -- Id in contacts.csv
        matches.customer_id as quickbooks_customer_id,  -- QuickBooks id of the customer
        matches.root_customer_id,  -- Top of that customer's chain of parents

        contacts.name as contact_name,  -- Name in contacts.csv
        contacts.phone as contact_phone,  -- Telephone in contacts.csv, as typed
        contacts.email as contact_email,  -- E-mail in contacts.csv, as typed
        matches.customer_name,  -- Name of the customer
        -- How they were matched: 1 number and address, 2 number, 3 address; null when only confirmed by hand
        matches.tier,
        customers.customer_type,  -- Customer type the company assigned
        customers.terms as payment_terms,  -- Payment terms the customer has by default

        coalesce(sales.total_sales, 0)::decimal(18, 2) as total_sales,  -- Net revenue so far, without tax
        coalesce(aging.total_open_with_subs, 0)::decimal(18, 2) as outstanding_balance,  -- What is owed, net of credits
        customers.credit_limit,  -- Credit limit the company set, in the customer's currency

        -- Days from invoice to payment, prepaid as 0, weighted by cash; null without cash
        days_to_pay.average_days_to_pay::double as average_days_to_pay,
        -- Payments received against invoices: n of average_days_to_pay
        coalesce(days_to_pay.payment_count, 0)::integer as payment_count,

        -- True when sales to the customer are not taxed; null when QuickBooks does not say
        not taxable_customers.is_taxable as tax_exempt,
        customers.is_active,  -- False for customers made inactive

        last_payments.last_payment_date,  -- Day money last came in, by payment or sales receipt; null when none did
        matches.as_of_date,  -- Day whose end this describes
    from contact_matches as matches
    join contacts using (contact_id)
    join customers on customers.realm_id = matches.realm_id and customers.customer_id = matches.customer_id
    join taxable_customers
        on taxable_customers.realm_id = matches.realm_id and taxable_customers.customer_id = matches.customer_id
    left join sales on sales.realm_id = matches.realm_id and sales.root_customer_id = matches.root_customer_id
    left join aging on aging.realm_id = matches.realm_id and aging.customer_id = matches.root_customer_id
    left join last_payments
        on last_payments.realm_id = matches.realm_id and last_payments.root_customer_id = matches.root_customer_id
    left join days_to_pay
        on days_to_pay.realm_id = matches.realm_id and days_to_pay.root_customer_id = matches.root_customer_id
)

select * from final
