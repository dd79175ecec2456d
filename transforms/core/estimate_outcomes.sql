-- One row per company, day of knowledge, state and age at which an estimate was decided: how estimates are won and lost
-- as they age, and as they lie on after their expiration. Cumulative incidence of either outcome (Aalen-Johansen), the
-- undecided censored at their age. Known by the run's date, and by 90 days before, from which the model is put to the
-- test.
with

states as (
    select estimate_states.*
    from core.estimate_states
    join core.companies using (realm_id)
    where outcome <> 'voided' and txn_date >= history_start_date
),

lives as (
    select *, 'open' as state, days_open as days
    from states

    union all by name

    select *, 'expired' as state, days_expired as days
    from states
    where days_expired is not null
),

by_day as (
    select
        realm_id,
        as_of_date,
        known_by_date,
        state,
        days,
        count(*) as left_count,
        count(*) filter (where outcome = 'won') as won_count,
        count(*) filter (where outcome = 'lost') as lost_count,
    from lives
    group by all
),

at_risk as (
    select
        *,
        sum(left_count) over (
            partition by realm_id, known_by_date, state
            order by days desc
            rows between unbounded preceding and current row
        ) as at_risk_count,
    from by_day
),

surviving as (
    select
        *,
        product(1 - (won_count + lost_count) / at_risk_count) over so_far as undecided_share,
        coalesce(product(1 - (won_count + lost_count) / at_risk_count) over before_that, 1) as undecided_share_before,
    from at_risk
    where won_count + lost_count > 0
    window
        so_far as (
            partition by realm_id, known_by_date, state order by days rows between unbounded preceding and current row
        ),
        before_that as (
            partition by realm_id, known_by_date, state order by days rows between unbounded preceding and 1 preceding
        )
),

incidence as (
    select
        *,
        round(sum(undecided_share_before * won_count / at_risk_count) over so_far, 12) as won_share,  -- never falls
        round(sum(undecided_share_before * lost_count / at_risk_count) over so_far, 12) as lost_share,
        sum(won_count + lost_count) over whole as decided_count,
        sum(won_count) over whole as all_won_count,
    from surviving
    window
        so_far as (
            partition by realm_id, known_by_date, state order by days rows between unbounded preceding and current row
        ),
        whole as (partition by realm_id, known_by_date, state)
),

final as (
    select
        -- Whether the curve was fitted: fitted from 10 decided estimates on if any was won; else insufficient_data.
        if(decided_count >= 10 and all_won_count > 0, 'fitted', 'insufficient_data') as model_status,

        state,  -- Whose curve it is: open for all estimates from their date, expired from their expiration on.

        known_by_date,  -- Day up to which outcomes are known: the run's date, or 90 days before.
        as_of_date,  -- Day at whose end the figures stand.

        days::integer as days,  -- Age of the estimates in days since their date, or since their last day once expired.
        at_risk_count::integer as at_risk_count,  -- Number of estimates that reached this age undecided.
        won_count::integer as won_count,  -- Number of estimates won at this age.
        lost_count::integer as lost_count,  -- Number of estimates lost at this age.
        -- Share of the estimates that are still open after this age, 0 to 1.
        undecided_share::double as undecided_share,
        won_share::double as won_share,  -- Share of the estimates won by this age, 0 to 1.
        lost_share::double as lost_share,  -- Share of the estimates lost by this age, 0 to 1.
        -- Number of estimates decided at any age, on which the whole curve rests.
        decided_count::integer as decided_count,
        -- Share of the decided estimates that were won, by number and at any age, 0 to 1.
        (all_won_count / decided_count)::double as win_rate,

        realm_id,  -- QuickBooks id of the company (realm).
    from incidence
)

select * from final
