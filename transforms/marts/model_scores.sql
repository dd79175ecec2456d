-- How well each prediction foretold what happened, beside a naive forecast. One row per company, model and metric.
-- Trained on what was known on split_date, tested on what happened from then to the run's date.
with

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        model,  -- Prediction tested: estimate_win

        metric,  -- What is measured: bias, brier, auc
        value,  -- Its value; null when there is too little data
        baseline,  -- Name of the naive forecast
        baseline_value,  -- Its value of the same metric
        n,  -- What was put to the test: estimates

        model_status,  -- fitted, or insufficient_data

        split_date,  -- Day training ended
        as_of_date,  -- Day the test ended
    from core.estimate_scores
)

select * from final
