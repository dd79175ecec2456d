-- Time worked. One row per time activity.
with

time_activities as (
    select * from documents.time_activity
),

final as (
    select
        realm_id,
        id as time_activity_id,
        document.EmployeeRef.value as employee_id,
        document.VendorRef.value as vendor_id,
        document.CustomerRef.value as customer_id,
        document.ItemRef.value as item_id,
        document.ClassRef.value as class_id,
        document.DepartmentRef.value as department_id,
        document.ProjectRef.value as project_id,

        document.NameOf as name_of,
        document.BillableStatus as billable_status,
        document.Description as description,
        document.StartTime as start_time,
        document.EndTime as end_time,

        document.Hours as hours,
        document.Minutes as minutes,
        document.HourlyRate as hourly_rate,
        document.CostRate as cost_rate,

        document.Taxable as is_taxable,

        document.TxnDate as txn_date,

        sync_token,
        created_at,
        last_updated_at,
    from time_activities
)

select * from final
