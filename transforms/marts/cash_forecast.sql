-- One row per company and week, the 13 weeks after the run's date: money to expect from invoices open now, beside the
-- naive forecast that each is paid on its due date. In home currency; no new invoices are assumed.
with

companies as (
    select * from core.companies
),

payment_fits as (
    select * from core.payment_fits where not is_backtest
),

open_invoices as (
    select * from core.open_receivables where doc_type = 'Invoice' and open_amount > 0
),

chances as (
    select
        *,
        invoice_id as doc_id,
        unnest([p_7d, p_14d, p_21d, p_28d, p_35d, p_42d, p_49d, p_56d, p_63d, p_70d, p_77d, p_84d, p_91d]) as p_paid,
        unnest(range(1, 14)) as week,
    from core.payment_chances
    where not is_backtest
),

weeks as (
    select
        realm_id,
        company_name,
        as_of_date,
        unnest(range(1, 14))::integer as week,
    from companies
),

expected as (
    select
        realm_id,
        week,
        round(sum(open_home * p_paid::decimal(20, 6)), 2) as expected_by_then,
    from chances
    join open_invoices using (realm_id, doc_id)
    group by all
),

due as (
    select
        realm_id,
        greatest(1, (due_date - as_of_date + 6) // 7) as week,
        sum(open_home) as due_amount,
        count(*) as due_count,
    from open_invoices
    group by all
),

totals as (
    select realm_id, sum(open_home) as open_total, count(*) as open_invoice_count
    from open_invoices
    group by all
),

final as (
    select
        weeks.company_name,  -- Name of the company whose books these are.
        weeks.week,  -- Number of the week, 1 to 13; week 1 begins on the day after the run's date.
        -- State of the payment model: fitted, or insufficient_data below 5 paid invoices of the company.
        payment_fits.model_status,

        weeks.as_of_date + (7 * week - 6) as week_start,  -- First day of the week.
        weeks.as_of_date + 7 * week as week_end,  -- Last day of the week.
        weeks.as_of_date,  -- Day at whose end the figures stand.

        -- Amount expected in the week, in home currency: open amount times probability, over all open invoices; null
        -- when the model is not fitted.
        if(
            model_status = 'fitted',
            coalesce(expected_by_then, 0) - coalesce(lag(expected_by_then) over by_week, 0),
            null
        )::decimal(18, 2) as expected_amount,
        -- Amount expected up to the end of the week, in home currency; null when the model is not fitted.
        if(model_status = 'fitted', coalesce(expected_by_then, 0), null)::decimal(18, 2) as expected_to_date_amount,
        -- Amount due in the week, in home currency, with all that is overdue in week 1: the naive forecast.
        coalesce(due_amount, 0)::decimal(18, 2) as naive_amount,
        -- Amount due up to the end of the week, in home currency.
        sum(coalesce(due_amount, 0)) over by_week::decimal(18, 2) as naive_to_date_amount,
        -- Open amount of all invoices, in home currency.
        coalesce(open_total, 0)::decimal(18, 2) as open_invoices_amount,
        -- Number of invoices due in the week, with all that are overdue in week 1.
        coalesce(due_count, 0)::integer as due_count,
        coalesce(open_invoice_count, 0)::integer as open_invoice_count,  -- Number of open invoices of the company.

        weeks.realm_id,  -- QuickBooks id of the company (realm).
    from weeks
    join payment_fits using (realm_id)
    left join expected using (realm_id, week)
    left join due using (realm_id, week)
    left join totals using (realm_id)
    window by_week as (partition by weeks.realm_id order by week)
)

select * from final
