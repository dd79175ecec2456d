-- One row per payment term.
with

terms as (
    select * from documents.term
),

final as (
    select
        document.Name as name,  -- Name of the term; QuickBooks appends " (deleted)" to inactive ones.
        document.Type as term_type,  -- STANDARD (days after the transaction) or DATE_DRIVEN (a day of the month).

        created_at,  -- When the term was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the term (UTC).

        document.DueDays as due_days,  -- Days from the transaction date until payment is due; null for date-driven terms.
        document.DayOfMonthDue as day_of_month_due,  -- Day of the month on which payment is due; null for standard terms.
        document.DueNextMonthDays as due_next_month_days,  -- Days before day_of_month_due in which a document is due only the month after.
        document.DiscountDays as discount_days,  -- Days from the transaction date within which the discount holds.
        document.DiscountDayOfMonth as discount_day_of_month,  -- Day of the month up to which the discount holds, for date-driven terms.
        document.DiscountPercent as discount_pct,  -- Discount for early payment, in percent: 2 is 2 %.
        document.Active as is_active,  -- False once the term was made inactive.
        sync_token,  -- Number of the version, which QuickBooks counts up when the term is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as term_id,  -- QuickBooks id of the term.
    from terms
)

select * from final
