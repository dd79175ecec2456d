-- One row per journal code.
with

journal_codes as (
    select * from documents.journal_code
),

final as (
    select
        document.Name as name,  -- Name of the journal code.
        document.Type as journal_type,  -- Type of journal: Expenses, Sales, Bank, Nouveaux, Wages, Cash or Others.
        document.Description as description,  -- Description of the journal code.

        created_at,  -- When the journal code was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the journal code (UTC).

        sync_token,  -- Number of the version, which QuickBooks counts up when the journal code is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as journal_code_id,  -- QuickBooks id of the journal code.
    from journal_codes
)

select * from final
