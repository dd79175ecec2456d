-- One row per company and metric: how well the chances of estimates foretold what was won. Estimates open 90 days
-- before the run's date, their chance of being won within 90 days against what happened; the naive forecast gives each
-- the win rate of that day.
with

chances as (
    select
        *,
        if(is_won_since, 1, 0) as won,
    from core.estimate_chances
    where known_by_date < as_of_date
),

ranked as (
    select
        *,
        rank() over (partition by realm_id order by p_win_90d)
            + (count(*) over (partition by realm_id, p_win_90d) - 1) / 2 as mid_rank,
    from chances
),

measured as (
    select
        realm_id,
        known_by_date,
        as_of_date,
        any_value(model_status) as curve_status,
        count(*) as compared_count,
        sum(won) as won_count,
        avg(p_win_90d - won) as bias,
        avg(win_rate - won) as naive_bias,
        avg((p_win_90d - won) ** 2) as brier,
        avg((win_rate - won) ** 2) as naive_brier,
        sum(mid_rank) filter (where won = 1) as won_ranks,
    from ranked
    group by all
),

metrics as (
    select
        *,
        unnest(['bias', 'brier', 'auc']) as metric,
        unnest([
            bias,
            brier,
            (won_ranks - won_count * (won_count + 1) / 2) / nullif(won_count * (compared_count - won_count), 0)
        ]) as measured_value,
        unnest([naive_bias, naive_brier, if(won_count between 1 and compared_count - 1, 0.5, null)]) as naive_value,
        if(curve_status = 'fitted' and compared_count >= 10, 'fitted', 'insufficient_data') as model_status,
    from measured
),

final as (
    select
        'estimate_win' as model,  -- Name of the model, always estimate_win: the chance that an open estimate is won.
        -- What is measured: bias (mean of chance less outcome), brier (mean squared difference of chance and outcome;
        -- less is better) or auc (area under the ROC curve; 0.5 is chance).
        metric,
        -- Name of the naive forecast: win_rate, the share of the decided estimates that were won by then.
        'win_rate' as baseline,
        -- Whether the model was judged: fitted, or insufficient_data below 10 decided or 10 tested estimates.
        model_status,

        known_by_date as split_date,  -- Day on which the training ended, 90 days before the run's date.
        as_of_date,  -- Day on which the test ended.

        -- Figure of the model, in the metric's own unit; null when there is too little data, auc also when all or none
        -- were won.
        if(model_status = 'fitted', measured_value, null)::double as value,
        -- Figure of the naive forecast, in the metric's own unit; null when there is too little data, auc also when all
        -- or none were won.
        if(model_status = 'fitted', naive_value, null)::double as baseline_value,
        compared_count::integer as compared_count,  -- Number of estimates put to the test.

        realm_id,  -- QuickBooks id of the company (realm).
    from metrics
)

select * from final
