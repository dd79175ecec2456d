-- How well each model predicted what it had not seen, beside a naive forecast.
-- One row per company, model, metric and naive forecast.
with

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
        realm_id,  -- QuickBooks company id (realm)

        model,  -- Model that was fitted to the time before the split and judged by the time after it
        metric,  -- What is measured, such as bias, mae, auc, brier or correlation
        value,  -- Of the model; null where there was too little data to fit it
        baseline,  -- Name of the naive forecast
        baseline_value,  -- The same metric of the naive forecast
        compared_count,  -- What was compared: customers, invoices or months
        model_status,  -- fitted or insufficient_data

        split_date,  -- Day on which the training ended
        as_of_date,  -- Day whose end this describes
    from scores
)

select * from final
