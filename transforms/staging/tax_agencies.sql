-- Tax agencies. One row per tax agency.
with

tax_agencies as (
    select * from documents.tax_agency
),

final as (
    select
        realm_id,
        id as tax_agency_id,
        document.DisplayName as display_name,
        document.TaxRegistrationNumber as tax_registration_number,

        document.TaxTrackedOnSales as is_tracked_on_sales,
        document.TaxTrackedOnPurchases as is_tracked_on_purchases,

        try_cast(left(document.LastFileDate, 10) as date) as last_file_date,

        sync_token,
        created_at,
        last_updated_at,
    from tax_agencies
)

select * from final
