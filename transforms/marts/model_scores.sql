-- One row per company, model, level, metric and naive forecast: how well the model predicted what it had not seen,
-- beside the naive forecast.
with

companies as (
    select * from core.companies
),

purchase_scores as (
    select * from core.purchase_scores
),

estimate_scores as (
    select * from core.estimate_scores
),

payment_scores as (
    select * from core.payment_scores
),

revenue_scores as (
    select * from core.revenue_scores
),

scores as (
    select * from purchase_scores
    union all by name
    select * from estimate_scores
    union all by name
    select * from payment_scores
    union all by name
    select * from revenue_scores
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        -- Name of the model that was fitted to the time before the split and judged by the time after: BG/NBD, MBG/NBD,
        -- Gamma-Gamma, estimate_win, payment_survival or revenue_forecast.
        model,
        -- Level that a purchase model was fitted and judged on, family or customer; null for the other models.
        level,
        -- What is measured, such as bias, mae (mean absolute error), auc (area under the ROC curve), brier (mean
        -- squared difference of chance and outcome) or correlation.
        metric,
        baseline,  -- Name of the naive forecast; null where there is none.
        model_status,  -- Whether the model was fitted: fitted or insufficient_data.

        split_date,  -- Day on which the training ended.
        scores.as_of_date,  -- Day at whose end the figures stand.

        value,  -- Figure of the model, in the metric's own unit; null where there was too little data to fit it.
        -- Figure of the naive forecast, in the metric's own unit; null where there was too little data.
        baseline_value,
        compared_count,  -- Number of customers or families, estimates, invoices or months compared.

        realm_id,  -- QuickBooks id of the company (realm).
    from scores
    join companies using (realm_id)
)

select * from final
