-- Tax rates. One row per tax rate.
with

tax_rates as (
    select * from documents.tax_rate
),

final as (
    select
        realm_id,
        id as tax_rate_id,
        document.AgencyRef.value as tax_agency_id,
        document.TaxReturnLineRef.value as tax_return_line_id,

        document.Name as name,
        document.Description as description,
        document.SpecialTaxType as special_tax_type,
        document.DisplayType as display_type,

        document.RateValue as rate_percent,

        document.Active as is_active,

        sync_token,
        created_at,
        last_updated_at,
    from tax_rates
)

select * from final
