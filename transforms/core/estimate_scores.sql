-- One row per company, metric, horizon, kind of estimate and naive forecast: how well the chances of estimates foretold
-- what was won. Estimates undecided 90 days before the run's date, as they were then, open or expired, against what
-- happened since. The naive forecasts give each the win rate of that day, or no chance.
with

companies as (
    select * from core.companies
),

chances as (
    select * from core.estimate_chances where known_by_date < as_of_date
),

won as (
    select realm_id, estimate_id, outcome_date as won_date
    from core.estimate_states
    where known_by_date = as_of_date and outcome = 'won'
),

cases as (
    select
        chances.*,
        unnest([30, 90]) as horizon_days,
        unnest([p_win_30d, p_win_90d]) as chance,
        coalesce(won_date <= known_by_date + horizon_days, false)::integer as won,
    from chances
    left join won using (realm_id, estimate_id)
),

ranked as (
    select
        *,
        rank() over (ranks order by chance)
            + (count(*) over (partition by realm_id, outcome, horizon_days, chance) - 1) / 2 as mid_rank,
    from cases
    window ranks as (partition by realm_id, outcome, horizon_days)
),

measured as (
    select
        realm_id,
        outcome,
        horizon_days,
        any_value(model_status) as curve_status,
        count(*) as compared_count,
        count(*) filter (where chance is null) as missing_count,
        sum(won) as won_count,
        avg(coalesce(chance, 1 - won) - won) as bias,
        avg((coalesce(chance, 1 - won) - won) ** 2) as brier,
        (sum(mid_rank) filter (where won = 1) - won_count * (won_count + 1) / 2)
            / nullif(won_count * (compared_count - won_count), 0) as auc,
        avg(win_rate - won) as rate_bias,
        avg((win_rate - won) ** 2) as rate_brier,
        avg(-won) as none_bias,
        avg(won) as none_brier,
        if(won_count between 1 and compared_count - 1, 0.5, null) as naive_auc,
    from ranked
    group by all
),

kinds as (
    select
        realm_id,
        as_of_date,
        unnest(['open', 'open', 'expired', 'expired']) as outcome,
        unnest([30, 90, 30, 90]) as horizon_days,
    from companies
),

judged as (
    select
        kinds.*,
        if(curve_status = 'fitted' and compared_count >= 10, 'fitted', 'insufficient_data') as model_status,
        coalesce(compared_count, 0) as compared_count,
        coalesce(missing_count, 0) as missing_count,
        unnest(['bias', 'bias', 'brier', 'brier', 'auc', 'auc']) as metric,
        unnest([bias, bias, brier, brier, auc, auc]) as measured_value,
        unnest(['win_rate', 'never', 'win_rate', 'never', 'win_rate', 'never']) as baseline,
        unnest([rate_bias, none_bias, rate_brier, none_brier, naive_auc, naive_auc]) as naive_value,
    from kinds
    left join measured using (realm_id, outcome, horizon_days)
),

final as (
    select
        -- Name of the model, always estimate_win: the chance that an open or expired estimate is won.
        'estimate_win' as model,
        -- What is measured: bias (mean of chance less outcome), brier (mean squared difference of chance and outcome;
        -- less is better) or auc (area under the ROC curve; 0.5 is chance).
        metric,
        -- What was judged: estimates open, or expired undecided, at the split, and won or not within the horizon.
        concat(
            if(outcome = 'open', 'estimates open at the split', 'estimates expired undecided at the split'),
            ', whether won within ',
            horizon_days,
            ' days'
        ) as judged_on,
        -- Name of the naive forecast: win_rate, the share of the decided estimates that were won by then, or never, that
        -- none is won any more.
        baseline,
        -- Whether the model was judged: fitted, or insufficient_data below 10 decided or 10 tested estimates.
        model_status,

        as_of_date - 90 as split_date,  -- Day on which the training ended, 90 days before the run's date.
        as_of_date,  -- Day on which the test ended.

        horizon_days::integer as horizon_days,  -- Days after the split that were judged: 30 or 90.
        -- Figure of the model, in the metric's own unit; null when there is too little data, auc also when all or none
        -- were won. Estimates without a chance count as wrong.
        if(model_status = 'fitted', measured_value, null)::double as value,
        -- Figure of the naive forecast, in the metric's own unit; null when there is too little data, auc also when all
        -- or none were won.
        if(model_status = 'fitted', naive_value, null)::double as baseline_value,
        compared_count::integer as compared_count,  -- Number of estimates put to the test.
        missing_count::integer as missing_count,  -- Number of estimates put to the test that have no chance.
        -- Share of outcomes inside an interval, 0 to 1; always null, as no interval is forecast.
        null::double as coverage,
        -- Share of outcomes that an interval promises, 0 to 1; always null, as no interval is forecast.
        null::double as stated_coverage,

        realm_id,  -- QuickBooks id of the company (realm).
    from judged
)

select * from final
