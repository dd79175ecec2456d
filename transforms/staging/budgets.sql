-- Budgets. One row per budget.
with

budgets as (
    select * from documents.budget
),

final as (
    select
        realm_id,
        id as budget_id,
        document.Name as name,
        document.BudgetType as budget_type,
        document.BudgetEntryType as entry_type,

        document.Active as is_active,

        document.StartDate as start_date,
        document.EndDate as end_date,

        sync_token,
        created_at,
        last_updated_at,
    from budgets
)

select * from final
