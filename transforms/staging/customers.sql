-- Customers, jobs and projects, inactive ones too. One row per customer.
with

customers as (
    select * from documents.customer
),

final as (
    select
        realm_id,
        id as customer_id,
        document.ParentRef.value as parent_customer_id,
        document.CustomerTypeRef.value as customer_type_id,
        document.SalesTermRef.value as term_id,
        document.PaymentMethodRef.value as payment_method_id,
        document.ARAccountRef.value as ar_account_id,
        document.DefaultTaxCodeRef.value as default_tax_code_id,

        document.DisplayName as display_name,
        document.Title as title,
        document.GivenName as given_name,
        document.MiddleName as middle_name,
        document.FamilyName as family_name,
        document.Suffix as suffix,
        document.CompanyName as company_name,
        document.FullyQualifiedName as full_name,
        document.PrintOnCheckName as print_on_check_name,
        document.PreferredDeliveryMethod as preferred_delivery_method,
        document.ResaleNum as resale_number,
        document.Notes as notes,
        document.Level as level,

        document.PrimaryPhone.FreeFormNumber as primary_phone,
        document.AlternatePhone.FreeFormNumber as alternate_phone,
        document.Mobile.FreeFormNumber as mobile,
        document.Fax.FreeFormNumber as fax,
        document.PrimaryEmailAddr.Address as email,
        document.WebAddr.URI as website,

        document.BillAddr.Line1 as billing_line1,
        document.BillAddr.Line2 as billing_line2,
        document.BillAddr.Line3 as billing_line3,
        document.BillAddr.Line4 as billing_line4,
        document.BillAddr.Line5 as billing_line5,
        document.BillAddr.City as billing_city,
        document.BillAddr.CountrySubDivisionCode as billing_state,
        document.BillAddr.PostalCode as billing_postal_code,
        document.BillAddr.Country as billing_country,

        document.ShipAddr.Line1 as shipping_line1,
        document.ShipAddr.Line2 as shipping_line2,
        document.ShipAddr.Line3 as shipping_line3,
        document.ShipAddr.Line4 as shipping_line4,
        document.ShipAddr.Line5 as shipping_line5,
        document.ShipAddr.City as shipping_city,
        document.ShipAddr.CountrySubDivisionCode as shipping_state,
        document.ShipAddr.PostalCode as shipping_postal_code,
        document.ShipAddr.Country as shipping_country,

        document.CurrencyRef.value as currency,
        document.Balance::decimal(18, 2) as balance,
        document.BalanceWithJobs::decimal(18, 2) as balance_with_jobs,
        document.CreditLimit::decimal(18, 2) as credit_limit,

        document.Active as is_active,
        document.Job as is_job,
        document.IsProject as is_project,
        document.BillWithParent as is_billed_with_parent,
        document.Taxable as is_taxable,

        document.OpenBalanceDate as open_balance_date,

        sync_token,
        created_at,
        last_updated_at,
    from customers
)

select * from final
