-- Departments, called locations on screen. One row per department.
with

departments as (
    select * from documents.department
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        id as department_id,  -- QuickBooks id of the department
        document.ParentRef.value as parent_department_id,  -- Department this one belongs to; null at the top

        document.Name as name,  -- Name of the department; QuickBooks appends " (deleted)" to inactive ones
        document.FullyQualifiedName as full_name,  -- Names of all levels down to the department, joined by colons

        document.Active as is_active,  -- False once the department was made inactive
        document.SubDepartment as is_sub_department,  -- True for a department that belongs to another one

        sync_token,  -- Version that QuickBooks counts up as the department is edited; not every update does
        created_at,  -- When the department was entered (UTC)
        last_updated_at,  -- When QuickBooks last updated the department (UTC)
    from departments
)

select * from final
