-- One row per budget and amount in it.
with

budgets as (
    select * from documents.budget
),

details as (
    select
        realm_id,
        id as budget_id,
        generate_subscripts(document.BudgetDetail, 1) as detail_no,
        unnest(document.BudgetDetail) as detail,
    from budgets
),

final as (
    select
        detail_no,  -- Position of the amount in the budget, from 1.

        detail.BudgetDate as budget_date,  -- First day of the period the amount is budgeted for.

        detail.Amount::decimal(18, 2) as amount,  -- Amount budgeted for the period that begins on budget_date, in home currency.

        realm_id,  -- QuickBooks company id (realm).

        budget_id,  -- QuickBooks id of the budget.
        detail.AccountRef.value as account_id,  -- Account the amount is budgeted for.
        detail.CustomerRef.value as customer_id,  -- Customer the amount is budgeted for; null where the budget is not by customer.
        detail.ClassRef.value as class_id,  -- Class the amount is budgeted for; null where the budget is not by class.
        detail.DepartmentRef.value as department_id,  -- Department the amount is budgeted for; null where the budget is not by department.
    from details
)

select * from final
