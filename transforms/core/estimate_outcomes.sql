-- How estimates are won and lost as they age: cumulative incidence of either outcome (Aalen-Johansen), open ones
-- censored at their age. One row per company, day of knowledge and age at which something was decided.
-- Known by the run's date, and by 90 days before it, from which the model is put to the test.
with

estimates as (
    select * from core.estimates where outcome <> 'voided'
),

known as (
    select
        *,
        unnest([as_of_date, as_of_date - 90]) as known_by_date,
    from estimates
),

lives as (
    select
        realm_id,
        as_of_date,
        known_by_date,
        greatest(0, least(coalesce(outcome_date, as_of_date), known_by_date) - txn_date) as days,
        coalesce(outcome = 'won' and outcome_date <= known_by_date, false) as is_won,
        coalesce(outcome = 'lost' and outcome_date <= known_by_date, false) as is_lost,
    from known
    where txn_date <= known_by_date
),

by_day as (
    select
        realm_id,
        as_of_date,
        known_by_date,
        days,
        count(*) as left_count,
        count(*) filter (where is_won) as won_count,
        count(*) filter (where is_lost) as lost_count,
    from lives
    group by all
),

at_risk as (
    select
        *,
        sum(left_count) over (
            partition by realm_id, known_by_date
            order by days desc
            rows between unbounded preceding and current row
        ) as at_risk_count,
    from by_day
),

surviving as (
    select
        *,
        product(1 - (won_count + lost_count) / at_risk_count) over so_far as share_undecided,
        coalesce(product(1 - (won_count + lost_count) / at_risk_count) over before_that, 1) as share_undecided_before,
    from at_risk
    where won_count + lost_count > 0
    window
        so_far as (
            partition by realm_id, known_by_date order by days rows between unbounded preceding and current row
        ),
        before_that as (
            partition by realm_id, known_by_date order by days rows between unbounded preceding and 1 preceding
        )
),

incidence as (
    select
        *,
        round(sum(share_undecided_before * won_count / at_risk_count) over so_far, 12) as share_won,  -- never falls
        round(sum(share_undecided_before * lost_count / at_risk_count) over so_far, 12) as share_lost,
        sum(won_count + lost_count) over whole as decided_count,
        sum(won_count) over whole as all_won_count,
    from surviving
    window
        so_far as (
            partition by realm_id, known_by_date order by days rows between unbounded preceding and current row
        ),
        whole as (partition by realm_id, known_by_date)
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)

        days::integer as days,  -- Age of the estimate in days

        at_risk_count::integer as at_risk_count,  -- Estimates that reached this age undecided: n of the day's step
        won_count::integer as won_count,  -- Won at this age
        lost_count::integer as lost_count,  -- Lost at this age
        share_undecided::double as share_undecided,  -- Share still open after this day
        share_won::double as share_won,  -- Share won by this day; the three shares add up to 1
        share_lost::double as share_lost,  -- Share lost by this day
        decided_count::integer as decided_count,  -- Estimates decided at any age: n of the whole curve
        -- Those won among them: the plain rate, which age does not change
        (all_won_count / decided_count)::double as win_rate_count,

        -- fitted from 10 decided estimates on, one of them won; else insufficient_data
        if(decided_count >= 10 and all_won_count > 0, 'fitted', 'insufficient_data') as model_status,

        known_by_date,  -- Day up to which outcomes are known
        as_of_date,  -- Day whose end the marts describe
    from incidence
)

select * from final
