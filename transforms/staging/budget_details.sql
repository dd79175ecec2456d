-- Budgeted amounts. One row per budget and detail.
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
        realm_id,
        budget_id,
        detail_no,
        detail.AccountRef.value as account_id,
        detail.CustomerRef.value as customer_id,
        detail.ClassRef.value as class_id,
        detail.DepartmentRef.value as department_id,

        detail.Amount::decimal(18, 2) as amount,

        detail.BudgetDate as budget_date,
    from details
)

select * from final
