-- Attachments, without their content and links. One row per attachable.
with

attachables as (
    select * from documents.attachable
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        id as attachable_id,  -- QuickBooks id of the attachable
        document.FileName as file_name,  -- Name of the attached file; null for a note alone
        document.ContentType as content_type,  -- Media type of the file, such as image/jpeg
        document.Category as category,  -- Category of the attachment, such as Receipt or Document
        document.Note as note,  -- Note on the attachment

        document.Size as size_bytes,  -- Size of the file in bytes

        sync_token,  -- Version that QuickBooks counts up as the attachable is edited; not every update does
        created_at,  -- When the attachable was entered (UTC)
        last_updated_at,  -- When QuickBooks last updated the attachable (UTC)
    from attachables
)

select * from final
