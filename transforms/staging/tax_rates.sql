-- One row per tax rate.
with

tax_rates as (
    select * from documents.tax_rate
),

final as (
    select
        document.Name as name,  -- Name of the tax rate; QuickBooks appends " (deleted)" to inactive ones.
        document.Description as description,  -- Description of the tax rate.
        document.SpecialTaxType as special_tax_type,  -- Special treatment: NONE, ZERO_RATE, FOREIGN_TAX, REVERSE_CHARGE or ADJUSTMENT_RATE.
        document.DisplayType
            as display_type,  -- Where people see the rate: ReadOnly, HideInTransactionForms, HideInPrintedForms or HideInAll.

        created_at,  -- When the tax rate was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the tax rate (UTC).

        document.RateValue as rate_pct,  -- Rate now, in percent: 8.5 is 8.5 %.
        document.Active as is_active,  -- False once the tax rate was made inactive.
        sync_token,  -- Number of the version, which QuickBooks counts up when the tax rate is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as tax_rate_id,  -- QuickBooks id of the tax rate.
        document.AgencyRef.value as tax_agency_id,  -- Tax agency the tax is owed to.
        document.TaxReturnLineRef.value as tax_return_line_id,  -- Line of the tax return that the rate counts towards.
    from tax_rates
)

select * from final
