-- One row per class.
with

classes as (
    select * from documents.class
),

final as (
    select
        document.Name as name,  -- Name of the class; QuickBooks appends " (deleted)" to inactive ones.
        document.FullyQualifiedName as full_name,  -- Names of all levels down to the class, joined by colons.

        created_at,  -- When the class was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the class (UTC).

        document.Active as is_active,  -- False once the class was made inactive.
        document.SubClass as is_sub_class,  -- True for a class that belongs to another one.
        sync_token,  -- Number of the version, which QuickBooks counts up when the class is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as class_id,  -- QuickBooks id of the class.
        document.ParentRef.value as parent_class_id,  -- Class this one belongs to; null at the top.
    from classes
)

select * from final
