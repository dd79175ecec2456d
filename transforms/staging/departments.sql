-- One row per department, called location on screen.
with

departments as (
    select * from documents.department
),

final as (
    select
        document.Name as name,  -- Name of the department; QuickBooks appends " (deleted)" to inactive ones.
        document.FullyQualifiedName as full_name,  -- Names of all levels down to the department, joined by colons.

        created_at,  -- When the department was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the department (UTC).

        document.Active as is_active,  -- False once the department was made inactive.
        document.SubDepartment as is_sub_department,  -- True for a department that belongs to another one.
        sync_token,  -- Number of the version, which QuickBooks counts up when the department is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as department_id,  -- QuickBooks id of the department.
        document.ParentRef.value as parent_department_id,  -- Department this one belongs to; null at the top.
    from departments
)

select * from final
