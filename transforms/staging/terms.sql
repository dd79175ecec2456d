-- Payment terms. One row per term.
with

terms as (
    select * from documents.term
),

final as (
    select
        realm_id,
        id as term_id,
        document.Name as name,
        document.Type as term_type,

        document.DueDays as due_days,
        document.DayOfMonthDue as day_of_month_due,
        document.DueNextMonthDays as due_next_month_days,
        document.DiscountDays as discount_days,
        document.DiscountDayOfMonth as discount_day_of_month,
        document.DiscountPercent as discount_percent,

        document.Active as is_active,

        sync_token,
        created_at,
        last_updated_at,
    from terms
)

select * from final
