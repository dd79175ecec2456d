-- Time worked. One row per time activity.
with

time_activities as (
    select * from documents.time_activity
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        id as time_activity_id,  -- QuickBooks id of the time activity
        document.EmployeeRef.value as employee_id,  -- Employee who worked; null for a vendor
        document.VendorRef.value as vendor_id,  -- Vendor who worked; null for an employee
        document.CustomerRef.value as customer_id,  -- Customer the work was for; a job or project is a customer of its own
        document.ItemRef.value as item_id,  -- Service that was worked
        document.ClassRef.value as class_id,  -- Class of the time activity
        document.DepartmentRef.value as department_id,  -- Department of the time activity, called location on screen
        document.ProjectRef.value as project_id,  -- QuickBooks id of the project the time activity belongs to; null without one

        document.NameOf as name_of,  -- Who worked: Employee or Vendor
        document.BillableStatus as billable_status,  -- Whether the customer is billed for the time: Billable, NotBillable or HasBeenBilled
        document.Description as description,  -- What was done
        document.StartTime as start_time,  -- When work started, as QuickBooks writes it; null where only a duration was entered
        document.EndTime as end_time,  -- When work ended, as QuickBooks writes it; null where only a duration was entered

        document.Hours as hours,  -- Whole hours worked; minutes come on top
        document.Minutes as minutes,  -- Minutes worked on top of the hours, 0 to 59
        document.HourlyRate as hourly_rate,  -- Rate at which an hour of this work is billed, with up to ten decimals
        document.CostRate as cost_rate,  -- What an hour of this work costs the company, with up to ten decimals

        document.Taxable as is_taxable,  -- True where the time is both billable and taxable

        document.TxnDate as txn_date,  -- Date of the work

        sync_token,  -- Version that QuickBooks counts up as the time activity is edited; not every update does
        created_at,  -- When the time activity was entered (UTC)
        last_updated_at,  -- When QuickBooks last updated the time activity (UTC)
    from time_activities
)

select * from final
