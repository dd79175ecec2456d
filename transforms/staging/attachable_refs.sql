-- What an attachment hangs on. One row per attachable and reference.
with

attachables as (
    select * from documents.attachable
),

refs as (
    select
        realm_id,
        id as attachable_id,
        generate_subscripts(document.AttachableRef, 1) as ref_no,
        unnest(document.AttachableRef) as ref,
    from attachables
),

final as (
    select
        realm_id,
        attachable_id,
        ref_no,
        ref.EntityRef.value as entity_id,
        ref.EntityRef.type as entity_type,

        ref.IncludeOnSend as is_included_on_send,
    from refs
)

select * from final
