-- Departments, called locations on screen. One row per department.
with

departments as (
    select * from documents.department
),

final as (
    select
        realm_id,
        id as department_id,
        document.ParentRef.value as parent_department_id,

        document.Name as name,
        document.FullyQualifiedName as full_name,

        document.Active as is_active,
        document.SubDepartment as is_sub_department,

        sync_token,
        created_at,
        last_updated_at,
    from departments
)

select * from final
