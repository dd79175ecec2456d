-- One row per tax code.
with

tax_codes as (
    select * from documents.tax_code
),

final as (
    select
        document.Name as name,  -- Name of the tax code; QuickBooks appends " (deleted)" to inactive ones.
        document.Description as description,  -- Description of the tax code.

        created_at,  -- When the tax code was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the tax code (UTC).

        document.Active as is_active,  -- False once the tax code was made inactive.
        document.Taxable as is_taxable,  -- True for a code that makes taxable, false or null for one that does not.
        document.TaxGroup as is_group,  -- True where the code stands for a group of tax rates.
        document.Hidden as is_hidden,  -- True where people do not see the code in lists.
        sync_token,  -- Number of the version, which QuickBooks counts up when the tax code is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as tax_code_id,  -- QuickBooks id of the tax code.
    from tax_codes
)

select * from final
