-- Vendors, inactive ones too. One row per vendor.
with

vendors as (
    select * from documents.vendor
),

final as (
    select
        realm_id,
        id as vendor_id,
        document.TermRef.value as term_id,
        document.APAccountRef.value as ap_account_id,

        document.DisplayName as display_name,
        document.Title as title,
        document.GivenName as given_name,
        document.MiddleName as middle_name,
        document.FamilyName as family_name,
        document.Suffix as suffix,
        document.CompanyName as company_name,
        document.PrintOnCheckName as print_on_check_name,
        document.AcctNum as account_number,
        document.TaxIdentifier as tax_identifier,

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

        document.CurrencyRef.value as currency,
        document.Balance::decimal(18, 2) as balance,
        document.BillRate as bill_rate,

        document.Active as is_active,
        document.Vendor1099 as is_1099,

        sync_token,
        created_at,
        last_updated_at,
    from vendors
)

select * from final
