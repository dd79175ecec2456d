-- One row per company, model, level, metric and naive forecast: how well the model predicted what it had not seen,
-- beside the naive forecast. A row per naive forecast, horizon and kind of case.
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

upsell_scores as (
    select * from core.upsell_scores
),

collection_scores as (
    select * from core.collection_scores
),

scores as (
    select * from purchase_scores
    union all by name
    select * from estimate_scores
    union all by name
    select * from payment_scores
    union all by name
    select * from revenue_scores
    union all by name
    select * from upsell_scores
    union all by name
    select * from collection_scores
),

losses as (
    select
        *,
        -- Less is better for errors, more for these; a bias is as bad below 0 as above, and coverage is to be as stated.
        case
            when metric in ('accuracy', 'auc', 'correlation', 'hit_rate', 'precision', 'recall', 'caught_share') then -1
            when metric <> 'frequency_spend_correlation' then 1
        end as direction,
        case
            when metric = 'interval_coverage' then stated_coverage
            else 0
        end as target,
        metric in ('bias', 'total_error', 'interval_coverage') as is_signed,
        direction * if(is_signed, abs(value - target), value) as loss,
        direction * if(is_signed, abs(baseline_value - target), baseline_value) as baseline_loss,
    from scores
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        -- Name of the model that was fitted to the time before the split and judged by the time after: BG/NBD, MBG/NBD,
        -- Gamma-Gamma, estimate_win, payment_survival, late_at_issue, collection_order, revenue_forecast or upsell.
        model,
        -- Level that a purchase model was fitted and judged on, family or customer; null for the other models.
        level,
        -- What is measured, such as bias, mae (mean absolute error), auc (area under the ROC curve), brier (mean
        -- squared difference of chance and outcome) or correlation. More is better for accuracy, auc, correlation,
        -- hit_rate, precision, recall and caught_share; bias and total_error are best at 0, interval_coverage at stated_coverage;
        -- of every other metric, less is better.
        metric,
        judged_on,  -- What was judged, in words; null where the model's table does not say.
        -- Name of the naive forecast, a simple rule that was judged on the very cases of the model; null where there is
        -- none.
        baseline,
        -- Which form of the model gave the figure, such as fitted, or insufficient_data where there was too little data
        -- for any.
        model_status,

        split_date,  -- Day on which the training ended.
        scores.as_of_date,  -- Day at whose end the figures stand.

        horizon_days::integer as horizon_days,  -- Days ahead that were judged; null where months or no time ahead were.
        horizon_months::integer as horizon_months,  -- Place of the month ahead that was judged; null where not months.
        -- Figure of the model, in the metric's own unit; cases for which the model had no figure count as wrong. Null
        -- where there was too little data to fit it.
        value,
        -- Figure of the naive forecast, judged on the cases of the model, in the metric's own unit; null where too little
        -- data was there.
        baseline_value,
        -- Number of customers or families, estimates, invoices, months, sums of months or offers compared.
        compared_count,
        -- Number of compared cases for which the model had no figure; null where the model's table does not count.
        missing_count::integer as missing_count,
        -- Share of the outcomes that lay within the stated interval, 0 to 1; null where the row is not about one.
        coverage::double as coverage,
        -- Share of the outcomes that the interval promises to hold, 0 to 1; null where the row is not about one.
        stated_coverage::double as stated_coverage,
        -- Whether this naive forecast is the best one for its company, model, level, metric, horizon and cases: look at
        -- this row to see what the model adds. False where the naive forecast has no figure.
        baseline_loss is not null and row_number() over (
            partition by realm_id, model, level, metric, judged_on, horizon_days, horizon_months
            order by baseline_loss, baseline
        ) = 1 as is_best_baseline,
        -- Whether the model's figure is better than that of this naive forecast; null where either is null.
        loss < baseline_loss as is_better,

        realm_id,  -- QuickBooks id of the company (realm).
    from losses as scores
    join companies using (realm_id)
)

select * from final
