-- One row per tax agency.
with

tax_agencies as (
    select * from documents.tax_agency
),

final as (
    select
        document.DisplayName as display_name,  -- Name of the tax agency.
        document.TaxRegistrationNumber as tax_registration_number,  -- Number the company is registered under with the agency.
        try_cast(left(document.LastFileDate, 10) as date) as last_file_date,  -- Date a return was last filed with the agency.

        created_at,  -- When the tax agency was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the tax agency (UTC).

        document.TaxTrackedOnSales as is_tracked_on_sales,  -- True where tax of this agency is tracked on sales.
        document.TaxTrackedOnPurchases as is_tracked_on_purchases,  -- True where tax of this agency is tracked on purchases.
        sync_token,  -- Number of the version, which QuickBooks counts up when the tax agency is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as tax_agency_id,  -- QuickBooks id of the tax agency.
    from tax_agencies
)

select * from final
