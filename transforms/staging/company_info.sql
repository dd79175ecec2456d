-- One row per company.
with

company_info as (
    select * from documents.company_info
),

final as (
    select
        document.CompanyName as company_name,  -- Name of the company as its forms show it.
        document.LegalName as legal_name,  -- Legal name of the company.
        document.Country as country,  -- Country of the company; USA on newer US companies, else US or a name.
        document.DefaultTimeZone as time_zone,  -- Time zone of the company, such as America/Los_Angeles.
        document.FiscalYearStartMonth as fiscal_year_start_month,  -- Month the fiscal year starts in, by name.
        document.SupportedLanguages as languages,  -- Languages the company uses, separated by commas.
        document.Email.Address as email,  -- E-mail address of the company.
        document.PrimaryPhone.FreeFormNumber as primary_phone,  -- Main phone of the company as typed.
        document.WebAddr.URI as website,  -- Web address of the company as typed.
        document.CompanyAddr.Line1 as company_line1,  -- First line of the address of the company.
        document.CompanyAddr.Line2 as company_line2,  -- Second line of the address of the company.
        document.CompanyAddr.Line3 as company_line3,  -- Third line of the address of the company.
        document.CompanyAddr.Line4 as company_line4,  -- Fourth line of the address of the company.
        document.CompanyAddr.Line5 as company_line5,  -- Fifth line of the address of the company.
        document.CompanyAddr.City as company_city,  -- City of the address of the company.
        document.CompanyAddr.CountrySubDivisionCode as company_state,  -- State or province of the address of the company.
        document.CompanyAddr.PostalCode as company_postal_code,  -- Postal code of the address of the company.
        document.CompanyAddr.Country as company_country,  -- Country of the address of the company, as QuickBooks or people wrote it.
        try_cast(left(document.CompanyStartDate, 10) as date) as company_start_date,  -- Date the company's books were opened in QuickBooks.

        created_at,  -- When the company info was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the company info (UTC).

        sync_token,  -- Number of the version, which QuickBooks counts up when the company info is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as company_info_id,  -- QuickBooks id of the company info.
    from company_info
)

select * from final
