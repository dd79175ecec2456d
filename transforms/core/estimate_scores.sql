-- How well the chances of estimates foretold what was won. One row per company and metric.
-- Estimates open 90 days before the run's date, their chance of being won within 90 days against what happened;
-- the naive forecast gives each the win rate of that day.
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
        count(*) as n,
        sum(won) as won_count,
        avg(p_win_90d - won) as bias,
        avg(win_rate_count - won) as naive_bias,
        avg((p_win_90d - won) ** 2) as brier,
        avg((win_rate_count - won) ** 2) as naive_brier,
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
            (won_ranks - won_count * (won_count + 1) / 2) / nullif(won_count * (n - won_count), 0)
        ]) as measured_value,
        unnest([naive_bias, naive_brier, if(won_count between 1 and n - 1, 0.5, null)]) as naive_value,
        if(curve_status = 'fitted' and n >= 10, 'fitted', 'insufficient_data') as model_status,
    from measured
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        'estimate_win' as model,  -- Always estimate_win: the chance that an open estimate is won

        metric,  -- bias (chance less outcome, mean), brier (the same squared; less is better) or auc (0.5 is chance)
        -- Its value; null when there is too little data, auc also when all or none were won
        if(model_status = 'fitted', measured_value, null)::double as value,
        'win_rate' as baseline,  -- The naive forecast: the share won of all decided by then
        if(model_status = 'fitted', naive_value, null)::double as baseline_value,  -- Its value of the same metric
        n::integer as n,  -- Estimates put to the test

        model_status,  -- fitted, or insufficient_data below 10 decided or 10 tested estimates

        known_by_date as split_date,  -- Day training ended
        as_of_date,  -- Day the test ended
    from metrics
)

select * from final
