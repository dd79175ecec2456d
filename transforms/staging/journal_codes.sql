-- Journal codes. One row per journal code.
with

journal_codes as (
    select * from documents.journal_code
),

final as (
    select
        realm_id,
        id as journal_code_id,
        document.Name as name,
        document.Type as journal_type,
        document.Description as description,

        sync_token,
        created_at,
        last_updated_at,
    from journal_codes
)

select * from final
