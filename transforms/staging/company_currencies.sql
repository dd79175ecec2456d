-- One row per currency that the company uses.
with

company_currencies as (
    select * from documents.company_currency
),

final as (
    select
        document.Code as currency,  -- Currency that the company uses, ISO 4217.
        document.Name as name,  -- Name of the currency.

        created_at,  -- When the company currency was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the company currency (UTC).

        document.Active as is_active,  -- False once the company currency was made inactive.
        sync_token,  -- Number of the version, which QuickBooks counts up when the company currency is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as company_currency_id,  -- QuickBooks id of the company currency.
    from company_currencies
)

select * from final
