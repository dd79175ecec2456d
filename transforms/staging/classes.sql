-- Classes. One row per class.
with

classes as (
    select * from documents.class
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        id as class_id,  -- QuickBooks id of the class
        document.ParentRef.value as parent_class_id,  -- Class this one belongs to; null at the top

        document.Name as name,  -- Name of the class; QuickBooks appends " (deleted)" to inactive ones
        document.FullyQualifiedName as full_name,  -- Names of all levels down to the class, joined by colons

        document.Active as is_active,  -- False once the class was made inactive
        document.SubClass as is_sub_class,  -- True for a class that belongs to another one

        sync_token,  -- Version that QuickBooks counts up as the class is edited; not every update does
        created_at,  -- When the class was entered (UTC)
        last_updated_at,  -- When QuickBooks last updated the class (UTC)
    from classes
)

select * from final
