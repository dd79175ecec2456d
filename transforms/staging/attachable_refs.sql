-- One row per attachment and object that the attachment hangs on.
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
        ref_no,  -- Position of the reference in the attachable, from 1.
        ref.EntityRef.type as entity_type,  -- Type of the object the attachment hangs on, such as Invoice or Customer.

        ref.IncludeOnSend as is_included_on_send,  -- True where the attachment goes out with the e-mail of the object.

        realm_id,  -- QuickBooks company id (realm).

        attachable_id,  -- QuickBooks id of the attachable.
        ref.EntityRef.value as entity_id,  -- QuickBooks id of the object the attachment hangs on.
    from refs
)

select * from final
