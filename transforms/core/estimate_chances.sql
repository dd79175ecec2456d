-- What chance an open estimate has of being won, given its age. One row per day of knowledge and estimate open then.
-- Of what the curve says will still be open or decided later, the part that is won: core.estimate_outcomes.
with

estimates as (
    select * from core.estimates where outcome <> 'voided'
),

outcomes as (
    select * from core.estimate_outcomes
),

curves as (
    select
        realm_id,
        known_by_date,
        max(share_won) as share_won_ever,
        any_value(win_rate_count) as win_rate_count,
        any_value(decided_count) as decided_count,
        any_value(model_status) as model_status,
    from outcomes
    group by all
),

known as (
    select
        realm_id,
        estimate_id,
        as_of_date,
        txn_date,
        outcome,
        outcome_date,
        unnest([as_of_date, as_of_date - 90]) as known_by_date,
    from estimates
),

open_then as (
    select
        *,
        (known_by_date - txn_date)::integer as age_days,
    from known
    where txn_date <= known_by_date and (outcome_date is null or outcome_date > known_by_date)
),

at_age as (
    select
        open_then.*,
        coalesce(outcomes.share_undecided, 1) as share_undecided,
        coalesce(outcomes.share_won, 0) as share_won,
    from open_then
    asof left join outcomes
        on outcomes.realm_id = open_then.realm_id
        and outcomes.known_by_date = open_then.known_by_date
        and outcomes.days <= open_then.age_days
),

in_30_days as (
    select at_age.*, coalesce(outcomes.share_won, 0) as share_won_30d
    from at_age
    asof left join outcomes
        on outcomes.realm_id = at_age.realm_id
        and outcomes.known_by_date = at_age.known_by_date
        and outcomes.days <= at_age.age_days + 30
),

in_90_days as (
    select in_30_days.*, coalesce(outcomes.share_won, 0) as share_won_90d
    from in_30_days
    asof left join outcomes
        on outcomes.realm_id = in_30_days.realm_id
        and outcomes.known_by_date = in_30_days.known_by_date
        and outcomes.days <= in_30_days.age_days + 90
),

final as (
    select
        in_90_days.realm_id,  -- QuickBooks company id (realm)
        in_90_days.estimate_id,  -- QuickBooks id of the estimate

        age_days,  -- Days since the estimate's date on that day
        coalesce(decided_count, 0)::integer as decided_count,  -- Decided estimates the chances rest on
        -- Chance of being won within 30 days; null when there is too little data
        if(model_status = 'fitted', greatest(0, least(1, (share_won_30d - share_won) / share_undecided)), null)::double as p_win_30d,
        -- The same within 90 days
        if(model_status = 'fitted', greatest(0, least(1, (share_won_90d - share_won) / share_undecided)), null)::double as p_win_90d,
        -- The same ever, as far as the oldest estimates on record show
        if(model_status = 'fitted', greatest(0, least(1, (share_won_ever - share_won) / share_undecided)), null)::double as p_win,
        win_rate_count,  -- The plain rate: won among the decided; null when none is

        -- Whether it was won between that day and the run's date; false on the run's date
        coalesce(outcome = 'won', false) as is_won_since,

        -- fitted from 10 decided estimates on, one of them won; else insufficient_data
        coalesce(model_status, 'insufficient_data') as model_status,

        known_by_date,  -- Day up to which outcomes are known: the run's date, or 90 days before
        as_of_date,  -- Day whose end the marts describe
    from in_90_days
    left join curves using (realm_id, known_by_date)
)

select * from final
