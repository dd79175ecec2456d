-- One row per day of knowledge and estimate open or expired then: what chance the estimate has of being won, given its
-- age, or the days since it expired. Of what the curve of core.estimate_outcomes says will still be undecided or decided
-- later, the part that is won.
with

states as (
    select * from core.estimate_states where outcome <> 'voided'
),

outcomes as (
    select * from core.estimate_outcomes
),

curves as (
    select
        realm_id,
        known_by_date,
        any_value(win_rate) filter (where state = 'open') as win_rate,
        any_value(decided_count) filter (where state = 'open') as decided_count,
        any_value(model_status) filter (where state = 'open') as model_status,
    from outcomes
    group by all
),

last_shares as (
    select realm_id, known_by_date, state, max(won_share) as won_share_ever
    from outcomes
    group by all
),

-- An expired estimate follows those that had expired, where there are ten to learn from; else all of its age.
expired_counts as (
    select realm_id, known_by_date, count(days_expired) filter (where txn_date >= history_start_date) as expired_count
    from states
    join (select realm_id, history_start_date from core.companies) using (realm_id)
    group by all
),

open_then as (
    select
        realm_id,
        estimate_id,
        as_of_date,
        known_by_date,
        outcome,
        if(outcome = 'expired' and expired_count >= 10, 'expired', 'open') as state,
        (known_by_date - txn_date)::integer as age_days,
        if(state = 'expired', days_expired, age_days) as days_so_far,
    from states
    join expired_counts using (realm_id, known_by_date)
    where outcome in ('open', 'expired')
),

at_age as (
    select
        open_then.*,
        coalesce(outcomes.undecided_share, 1) as undecided_share,
        coalesce(outcomes.won_share, 0) as won_share,
    from open_then
    asof left join outcomes
        on outcomes.realm_id = open_then.realm_id
        and outcomes.known_by_date = open_then.known_by_date
        and outcomes.state = open_then.state
        and outcomes.days <= open_then.days_so_far
),

in_30_days as (
    select at_age.*, coalesce(outcomes.won_share, 0) as won_share_30d
    from at_age
    asof left join outcomes
        on outcomes.realm_id = at_age.realm_id
        and outcomes.known_by_date = at_age.known_by_date
        and outcomes.state = at_age.state
        and outcomes.days <= at_age.days_so_far + 30
),

in_90_days as (
    select in_30_days.*, coalesce(outcomes.won_share, 0) as won_share_90d
    from in_30_days
    asof left join outcomes
        on outcomes.realm_id = in_30_days.realm_id
        and outcomes.known_by_date = in_30_days.known_by_date
        and outcomes.state = in_30_days.state
        and outcomes.days <= in_30_days.days_so_far + 90
),

final as (
    select
        -- Whether the curve was fitted: fitted from 10 decided estimates on if any was won; else insufficient_data.
        coalesce(model_status, 'insufficient_data') as model_status,
        outcome,  -- What the estimate was by the day of knowledge: open, or expired undecided.

        known_by_date,  -- Day up to which outcomes are known: the run's date, or 90 days before.
        as_of_date,  -- Day at whose end the figures stand.

        age_days,  -- Age of the estimate on the day of knowledge, in days since its date.
        coalesce(decided_count, 0)::integer as decided_count,  -- Number of decided estimates that the chances rest on.
        -- Probability that the estimate is won within 30 days, 0 to 1; null when there is too little data.
        if(model_status = 'fitted', coalesce(greatest(0, least(1, (won_share_30d - won_share) / nullif(undecided_share, 0))), 0), null)::double as p_win_30d,
        -- Probability that the estimate is won within 90 days, 0 to 1; null when there is too little data.
        if(model_status = 'fitted', coalesce(greatest(0, least(1, (won_share_90d - won_share) / nullif(undecided_share, 0))), 0), null)::double as p_win_90d,
        -- Probability that the estimate is ever won, as far as the oldest estimates on record show, 0 to 1; null when
        -- there is too little data.
        if(model_status = 'fitted', coalesce(greatest(0, least(1, (won_share_ever - won_share) / nullif(undecided_share, 0))), 0), null)::double as p_win,
        -- Share of the decided estimates that were won, by number, 0 to 1; null when none is decided.
        win_rate,
        in_90_days.realm_id,  -- QuickBooks id of the company (realm).
        in_90_days.estimate_id,  -- QuickBooks id of the estimate.
    from in_90_days
    left join curves using (realm_id, known_by_date)
    left join last_shares using (realm_id, known_by_date, state)
)

select * from final
