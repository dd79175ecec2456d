-- One row per time activity: time that an employee or vendor worked.
with

time_activities as (
    select * from documents.time_activity
),

final as (
    select
        document.NameOf as name_of,  -- Who worked: Employee or Vendor.
        document.BillableStatus as billable_status,  -- Whether the customer is billed for the time: Billable, NotBillable or HasBeenBilled.
        document.Description as description,  -- Description of what was done in the time.
        document.StartTime as start_time,  -- When work started, as QuickBooks writes it; null where only a duration was entered.
        document.EndTime as end_time,  -- When work ended, as QuickBooks writes it; null where only a duration was entered.

        document.TxnDate as txn_date,  -- Date of the work.
        created_at,  -- When the time activity was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the time activity (UTC).

        document.Hours as hours,  -- Whole hours worked; minutes come on top.
        document.Minutes as minutes,  -- Minutes worked on top of the hours, 0 to 59.
        document.HourlyRate as hourly_rate,  -- Price of an hour of this work, in the customer's currency, with up to ten decimals.
        document.CostRate as cost_rate,  -- Cost of an hour of this work, in home currency, with up to ten decimals.
        document.Taxable as is_taxable,  -- True where the time is both billable and taxable.
        sync_token,  -- Number of the version, which QuickBooks counts up when the time activity is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as time_activity_id,  -- QuickBooks id of the time activity.
        document.EmployeeRef.value as employee_id,  -- Employee who worked; null for a vendor.
        document.VendorRef.value as vendor_id,  -- Vendor who worked; null for an employee.
        document.CustomerRef.value as customer_id,  -- Customer the work was for; a job or project is a customer of its own.
        document.ItemRef.value as item_id,  -- Service that the time was worked on.
        document.ClassRef.value as class_id,  -- Class of the time activity.
        document.DepartmentRef.value as department_id,  -- Department of the time activity, called location on screen.
        document.ProjectRef.value as project_id,  -- QuickBooks id of the project the time activity belongs to; null without one.
    from time_activities
)

select * from final
