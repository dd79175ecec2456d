-- Attachments, without their content and links. One row per attachable.
with

attachables as (
    select * from documents.attachable
),

final as (
    select
        realm_id,
        id as attachable_id,
        document.FileName as file_name,
        document.ContentType as content_type,
        document.Category as category,
        document.Note as note,

        document.Size as size_bytes,

        sync_token,
        created_at,
        last_updated_at,
    from attachables
)

select * from final
