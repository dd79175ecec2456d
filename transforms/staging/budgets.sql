-- One row per budget.
with

budgets as (
    select * from documents.budget
),

final as (
    select
        document.Name as name,  -- Name of the budget; QuickBooks appends " (deleted)" to inactive ones.
        document.BudgetType as budget_type,  -- What is budgeted: ProfitAndLoss or BalanceSheet.
        document.BudgetEntryType as entry_type,  -- How amounts are entered: Monthly, Quarterly or Yearly.

        document.StartDate as start_date,  -- First day of the budget.
        document.EndDate as end_date,  -- Last day of the budget.
        created_at,  -- When the budget was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the budget (UTC).

        document.Active as is_active,  -- False once the budget was made inactive.
        sync_token,  -- Number of the version, which QuickBooks counts up when the budget is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as budget_id,  -- QuickBooks id of the budget.
    from budgets
)

select * from final
