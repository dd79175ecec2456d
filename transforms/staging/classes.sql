-- Classes. One row per class.
with

classes as (
    select * from documents.class
),

final as (
    select
        realm_id,
        id as class_id,
        document.ParentRef.value as parent_class_id,

        document.Name as name,
        document.FullyQualifiedName as full_name,

        document.Active as is_active,
        document.SubClass as is_sub_class,

        sync_token,
        created_at,
        last_updated_at,
    from classes
)

select * from final
