-- Employees, without what payroll knows of them. One row per employee.
with

employees as (
    select * from documents.employee
),

final as (
    select
        realm_id,
        id as employee_id,
        document.DisplayName as display_name,
        document.Title as title,
        document.GivenName as given_name,
        document.MiddleName as middle_name,
        document.FamilyName as family_name,
        document.Suffix as suffix,
        document.PrintOnCheckName as print_on_check_name,
        document.EmployeeNumber as employee_number,

        document.PrimaryPhone.FreeFormNumber as primary_phone,
        document.AlternatePhone.FreeFormNumber as alternate_phone,
        document.Mobile.FreeFormNumber as mobile,
        document.Fax.FreeFormNumber as fax,
        document.PrimaryEmailAddr.Address as email,

        document.PrimaryAddr.Line1 as home_line1,
        document.PrimaryAddr.Line2 as home_line2,
        document.PrimaryAddr.Line3 as home_line3,
        document.PrimaryAddr.Line4 as home_line4,
        document.PrimaryAddr.Line5 as home_line5,
        document.PrimaryAddr.City as home_city,
        document.PrimaryAddr.CountrySubDivisionCode as home_state,
        document.PrimaryAddr.PostalCode as home_postal_code,
        document.PrimaryAddr.Country as home_country,

        document.BillRate::decimal(18, 2) as bill_rate,
        document.CostRate::decimal(18, 2) as cost_rate,

        document.Active as is_active,
        document.BillableTime as is_billable,

        document.HiredDate as hired_date,
        document.ReleasedDate as released_date,

        sync_token,
        created_at,
        last_updated_at,
    from employees
)

select * from final
