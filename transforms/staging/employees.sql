-- One row per employee. What payroll knows is not here.
with

employees as (
    select * from documents.employee
),

final as (
    select
        document.DisplayName
            as display_name,  -- Name of the employee, unique among customers, vendors and employees; ends in " (deleted)" once inactive.
        document.Title as title,  -- Title in front of the person's name, such as Ms or Dr.
        document.GivenName as given_name,  -- Given name of the person.
        document.MiddleName as middle_name,  -- Middle name of the person.
        document.FamilyName as family_name,  -- Family name of the person.
        document.Suffix as suffix,  -- Suffix behind the person's name, such as Jr.
        document.PrintOnCheckName as print_on_check_name,  -- Name of the employee as printed on cheques.
        document.EmployeeNumber as employee_number,  -- Number of the employee in the employer's directory.
        document.PrimaryPhone.FreeFormNumber as primary_phone,  -- Main phone of the employee as typed.
        document.AlternatePhone.FreeFormNumber as alternate_phone,  -- Second phone of the employee as typed.
        document.Mobile.FreeFormNumber as mobile,  -- Mobile phone of the employee as typed.
        document.Fax.FreeFormNumber as fax,  -- Fax number of the employee as typed.
        document.PrimaryEmailAddr.Address as email,  -- Main e-mail address of the employee; may hold several, separated by commas.
        document.PrimaryAddr.Line1 as home_line1,  -- First line of the home address of the employee.
        document.PrimaryAddr.Line2 as home_line2,  -- Second line of the home address of the employee.
        document.PrimaryAddr.Line3 as home_line3,  -- Third line of the home address of the employee.
        document.PrimaryAddr.Line4 as home_line4,  -- Fourth line of the home address of the employee.
        document.PrimaryAddr.Line5 as home_line5,  -- Fifth line of the home address of the employee.
        document.PrimaryAddr.City as home_city,  -- City of the home address of the employee.
        document.PrimaryAddr.CountrySubDivisionCode as home_state,  -- State or province of the home address of the employee.
        document.PrimaryAddr.PostalCode as home_postal_code,  -- Postal code of the home address of the employee.
        document.PrimaryAddr.Country as home_country,  -- Country of the home address of the employee, as QuickBooks or people wrote it.

        document.HiredDate as hired_date,  -- Date the employee was hired.
        document.ReleasedDate as released_date,  -- Date the employee left; null while employed.
        created_at,  -- When the employee was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the employee (UTC).

        document.BillRate::decimal(18, 2) as bill_rate,  -- Rate at which an hour of the employee is billed to customers, in home currency.
        document.CostRate::decimal(18, 2) as cost_rate,  -- What an hour of the employee costs, in home currency.
        document.Active as is_active,  -- False once the employee was made inactive.
        document.BillableTime as is_billable,  -- True where the employee's hours are usually billed to customers.
        sync_token,  -- Number of the version, which QuickBooks counts up when the employee is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as employee_id,  -- QuickBooks id of the employee.
    from employees
)

select * from final
