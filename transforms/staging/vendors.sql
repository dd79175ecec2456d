-- One row per vendor, inactive ones too.
with

vendors as (
    select * from documents.vendor
),

final as (
    select
        document.DisplayName
            as display_name,  -- Name of the vendor, unique among customers, vendors and employees; ends in " (deleted)" once inactive.
        document.Title as title,  -- Title in front of the person's name, such as Ms or Dr.
        document.GivenName as given_name,  -- Given name of the person.
        document.MiddleName as middle_name,  -- Middle name of the person.
        document.FamilyName as family_name,  -- Family name of the person.
        document.Suffix as suffix,  -- Suffix behind the person's name, such as Jr.
        document.CompanyName as company_name,  -- Name of the vendor's company.
        document.PrintOnCheckName as print_on_check_name,  -- Name of the vendor as printed on cheques.
        document.AcctNum as account_number,  -- Number under which the vendor knows the company.
        document.TaxIdentifier as tax_identifier,  -- Tax id of the vendor, masked by QuickBooks but for its end.
        document.PrimaryPhone.FreeFormNumber as primary_phone,  -- Main phone of the vendor as typed.
        document.AlternatePhone.FreeFormNumber as alternate_phone,  -- Second phone of the vendor as typed.
        document.Mobile.FreeFormNumber as mobile,  -- Mobile phone of the vendor as typed.
        document.Fax.FreeFormNumber as fax,  -- Fax number of the vendor as typed.
        document.PrimaryEmailAddr.Address as email,  -- Main e-mail address of the vendor; may hold several, separated by commas.
        document.WebAddr.URI as website,  -- Web address of the vendor as typed.
        document.BillAddr.Line1 as billing_line1,  -- First line of the address the vendor is billed to.
        document.BillAddr.Line2 as billing_line2,  -- Second line of the address the vendor is billed to.
        document.BillAddr.Line3 as billing_line3,  -- Third line of the address the vendor is billed to.
        document.BillAddr.Line4 as billing_line4,  -- Fourth line of the address the vendor is billed to.
        document.BillAddr.Line5 as billing_line5,  -- Fifth line of the address the vendor is billed to.
        document.BillAddr.City as billing_city,  -- City of the address the vendor is billed to.
        document.BillAddr.CountrySubDivisionCode as billing_state,  -- State or province of the address the vendor is billed to.
        document.BillAddr.PostalCode as billing_postal_code,  -- Postal code of the address the vendor is billed to.
        document.BillAddr.Country as billing_country,  -- Country of the address the vendor is billed to, as QuickBooks or people wrote it.
        document.CurrencyRef.value as currency,  -- Currency the vendor trades in, ISO 4217.

        created_at,  -- When the vendor was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the vendor (UTC).

        document.Balance::decimal(18, 2) as balance,  -- What the company owes the vendor now, in the vendor's currency.
        document.BillRate
            as bill_rate,  -- Price at which an hour of the vendor is billed to customers, in home currency, with up to ten decimals.
        document.Active as is_active,  -- False once the vendor was made inactive.
        document.Vendor1099 as is_1099,  -- True for a contractor who gets a 1099 form (US).
        sync_token,  -- Number of the version, which QuickBooks counts up when the vendor is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as vendor_id,  -- QuickBooks id of the vendor.
        document.TermRef.value as term_id,  -- Payment terms the vendor gives by default.
        document.APAccountRef.value as ap_account_id,  -- Accounts-payable account of the vendor; in France, where each has its own.
    from vendors
)

select * from final
