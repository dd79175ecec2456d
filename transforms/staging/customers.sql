-- One row per customer, job or project, inactive ones too.
with

customers as (
    select * from documents.customer
),

final as (
    select
        document.DisplayName
            as display_name,  -- Name of the customer, unique among customers, vendors and employees; ends in " (deleted)" once inactive.
        document.Title as title,  -- Title in front of the person's name, such as Ms or Dr.
        document.GivenName as given_name,  -- Given name of the person.
        document.MiddleName as middle_name,  -- Middle name of the person.
        document.FamilyName as family_name,  -- Family name of the person.
        document.Suffix as suffix,  -- Suffix behind the person's name, such as Jr.
        document.CompanyName as company_name,  -- Name of the customer's company.
        document.FullyQualifiedName as full_name,  -- Names of all levels down to the customer, joined by colons.
        document.PrintOnCheckName as print_on_check_name,  -- Name of the customer as printed on cheques.
        document.PreferredDeliveryMethod as preferred_delivery_method,  -- How the customer wants documents: Print, Email or None.
        document.ResaleNum as resale_number,  -- Resale number of the customer, or other words about taxes.
        document.Notes as notes,  -- Notes about the customer.
        document.PrimaryPhone.FreeFormNumber as primary_phone,  -- Main phone of the customer as typed.
        document.AlternatePhone.FreeFormNumber as alternate_phone,  -- Second phone of the customer as typed.
        document.Mobile.FreeFormNumber as mobile,  -- Mobile phone of the customer as typed.
        document.Fax.FreeFormNumber as fax,  -- Fax number of the customer as typed.
        document.PrimaryEmailAddr.Address as email,  -- Main e-mail address of the customer; may hold several, separated by commas.
        document.WebAddr.URI as website,  -- Web address of the customer as typed.
        document.BillAddr.Line1 as billing_line1,  -- First line of the address the customer is billed to.
        document.BillAddr.Line2 as billing_line2,  -- Second line of the address the customer is billed to.
        document.BillAddr.Line3 as billing_line3,  -- Third line of the address the customer is billed to.
        document.BillAddr.Line4 as billing_line4,  -- Fourth line of the address the customer is billed to.
        document.BillAddr.Line5 as billing_line5,  -- Fifth line of the address the customer is billed to.
        document.BillAddr.City as billing_city,  -- City of the address the customer is billed to.
        document.BillAddr.CountrySubDivisionCode as billing_state,  -- State or province of the address the customer is billed to.
        document.BillAddr.PostalCode as billing_postal_code,  -- Postal code of the address the customer is billed to.
        document.BillAddr.Country
            as billing_country,  -- Country of the address the customer is billed to, as QuickBooks or people wrote it.
        document.ShipAddr.Line1 as shipping_line1,  -- First line of the address the customer is shipped to.
        document.ShipAddr.Line2 as shipping_line2,  -- Second line of the address the customer is shipped to.
        document.ShipAddr.Line3 as shipping_line3,  -- Third line of the address the customer is shipped to.
        document.ShipAddr.Line4 as shipping_line4,  -- Fourth line of the address the customer is shipped to.
        document.ShipAddr.Line5 as shipping_line5,  -- Fifth line of the address the customer is shipped to.
        document.ShipAddr.City as shipping_city,  -- City of the address the customer is shipped to.
        document.ShipAddr.CountrySubDivisionCode as shipping_state,  -- State or province of the address the customer is shipped to.
        document.ShipAddr.PostalCode as shipping_postal_code,  -- Postal code of the address the customer is shipped to.
        document.ShipAddr.Country
            as shipping_country,  -- Country of the address the customer is shipped to, as QuickBooks or people wrote it.
        document.CurrencyRef.value as currency,  -- Currency the customer trades in, ISO 4217; fixed from the first transaction on.

        document.OpenBalanceDate as open_balance_date,  -- Date of the balance the customer was entered with.
        created_at,  -- When the customer was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the customer (UTC).

        document.Level as level,  -- Levels below the top customer; null or 0 at the top.
        document.Balance::decimal(18, 2)
            as balance,  -- Open balance of the customer now, in the customer's currency, without jobs and sub-customers.
        document.BalanceWithJobs::decimal(18, 2)
            as balance_with_jobs,  -- Open balance of the customer now with all jobs and sub-customers, in the customer's currency.
        document.CreditLimit::decimal(18, 2) as credit_limit,  -- Credit limit the company set for the customer, in the customer's currency.
        document.Active as is_active,  -- False once the customer was made inactive.
        document.Job as is_job,  -- True for a job or sub-customer.
        document.IsProject as is_project,  -- True for a project.
        document.BillWithParent as is_billed_with_parent,  -- True where the parent gets this sub-customer's invoices.
        document.Taxable as is_taxable,  -- True where sales to the customer are taxable.
        sync_token,  -- Number of the version, which QuickBooks counts up when the customer is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as customer_id,  -- QuickBooks id of the customer.
        document.ParentRef.value as parent_customer_id,  -- Customer this job or sub-customer belongs to; null at the top.
        document.CustomerTypeRef.value as customer_type_id,  -- Customer type the company assigned.
        document.SalesTermRef.value as term_id,  -- Payment terms the customer has by default.
        document.PaymentMethodRef.value as payment_method_id,  -- Payment method the customer has by default.
        document.ARAccountRef.value as ar_account_id,  -- Accounts-receivable account of the customer; in France, where each has its own.
        document.DefaultTaxCodeRef.value as default_tax_code_id,  -- Tax code the customer has by default.
    from customers
)

select * from final
