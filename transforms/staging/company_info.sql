-- The company itself. One row per company info.
with

company_info as (
    select * from documents.company_info
),

final as (
    select
        realm_id,
        id as company_info_id,
        document.CompanyName as company_name,
        document.LegalName as legal_name,
        document.Country as country,
        document.DefaultTimeZone as time_zone,
        document.FiscalYearStartMonth as fiscal_year_start_month,
        document.SupportedLanguages as languages,
        document.Email.Address as email,
        document.PrimaryPhone.FreeFormNumber as primary_phone,
        document.WebAddr.URI as website,

        document.CompanyAddr.Line1 as company_line1,
        document.CompanyAddr.Line2 as company_line2,
        document.CompanyAddr.Line3 as company_line3,
        document.CompanyAddr.Line4 as company_line4,
        document.CompanyAddr.Line5 as company_line5,
        document.CompanyAddr.City as company_city,
        document.CompanyAddr.CountrySubDivisionCode as company_state,
        document.CompanyAddr.PostalCode as company_postal_code,
        document.CompanyAddr.Country as company_country,

        try_cast(left(document.CompanyStartDate, 10) as date) as company_start_date,

        sync_token,
        created_at,
        last_updated_at,
    from company_info
)

select * from final
