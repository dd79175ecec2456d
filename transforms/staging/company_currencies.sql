-- Currencies the company uses. One row per company currency.
with

company_currencies as (
    select * from documents.company_currency
),

final as (
    select
        realm_id,
        id as company_currency_id,
        document.Code as currency,
        document.Name as name,

        document.Active as is_active,

        sync_token,
        created_at,
        last_updated_at,
    from company_currencies
)

select * from final
