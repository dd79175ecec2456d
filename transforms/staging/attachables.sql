-- One row per attachment. Its content and its links are not here.
with

attachables as (
    select * from documents.attachable
),

final as (
    select
        document.FileName as file_name,  -- Name of the attached file; null for a note alone.
        document.ContentType as content_type,  -- Media type of the file, such as image/jpeg.
        document.Category as category,  -- Category of the attachment, such as Receipt or Document.
        document.Note as note,  -- Note on the attachment.

        created_at,  -- When the attachable was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the attachable (UTC).

        document.Size as size_bytes,  -- Size of the file in bytes.
        sync_token,  -- Number of the version, which QuickBooks counts up when the attachable is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as attachable_id,  -- QuickBooks id of the attachable.
    from attachables
)

select * from final
