-- Tax codes. One row per tax code.
with

tax_codes as (
    select * from documents.tax_code
),

final as (
    select
        realm_id,
        id as tax_code_id,
        document.Name as name,
        document.Description as description,

        document.Active as is_active,
        document.Taxable as is_taxable,
        document.TaxGroup as is_group,
        document.Hidden as is_hidden,

        sync_token,
        created_at,
        last_updated_at,
    from tax_codes
)

select * from final
