-- One row per company and age of the estimates, and one with cohort all for all of them: how many estimates are won,
-- and how much of the money. Young cohorts are judged by what was decided early: their open estimates are yet to come.
-- In home currency.
with

estimates as (
    select estimates.*
    from core.estimates
    join core.companies using (realm_id)
    where outcome <> 'voided' and txn_date >= history_start_date
),

cohorts as (
    select
        *,
        unnest([
            'all',
            case
                when age_days <= 30 then '0-30'
                when age_days <= 60 then '31-60'
                when age_days <= 90 then '61-90'
                when age_days <= 180 then '91-180'
                when age_days <= 365 then '181-365'
                else '366+'
            end
        ]) as cohort,
    from estimates
),

counted as (
    select
        realm_id,
        as_of_date,
        cohort,
        count(*) filter (where outcome = 'won') as won_count,
        count(*) filter (where outcome = 'lost') as lost_count,
        count(*) filter (where outcome = 'open') as open_count,
        count(*) filter (where outcome = 'expired') as expired_count,
        coalesce(sum(total_home) filter (where outcome = 'won'), 0) as won_home,
        coalesce(sum(total_home) filter (where outcome = 'lost'), 0) as lost_home,
        coalesce(sum(total_home) filter (where outcome = 'open'), 0) as open_home,
        coalesce(sum(total_home) filter (where outcome = 'expired'), 0) as expired_home,
        sum(invoiced_home) as invoiced_home,
        sum(backlog_home) as backlog_home,
        median(days_open) filter (where outcome = 'won') as days_to_win_median,
    from cohorts
    group by all
),

final as (
    select
        cohort,  -- Age of the estimates in days: 0-30, 31-60, 61-90, 91-180, 181-365 or 366+; or all.

        as_of_date,  -- Day at whose end the figures stand.

        won_count::integer as won_count,  -- Number of estimates won.
        lost_count::integer as lost_count,  -- Number of estimates lost.
        open_count::integer as open_count,  -- Number of estimates not decided yet and not expired.
        expired_count::integer as expired_count,  -- Number of estimates that expired undecided.
        won_home::decimal(18, 2) as won_home,  -- Totals of the estimates won with tax, in home currency.
        lost_home::decimal(18, 2) as lost_home,  -- Totals of the estimates lost with tax, in home currency.
        -- Totals of the estimates not decided yet and not expired, with tax, in home currency.
        open_home::decimal(18, 2) as open_home,
        -- Totals of the estimates that expired undecided, with tax, in home currency.
        expired_home::decimal(18, 2) as expired_home,
        -- Amount invoiced from all of the estimates, in home currency at the invoices' rates.
        invoiced_home::decimal(18, 2) as invoiced_home,
        -- Amount of the estimates won that is not invoiced yet, in home currency.
        backlog_home::decimal(18, 2) as backlog_home,
        -- Share of the decided estimates that were won, by number, 0 to 1; null when none is decided.
        (won_count / nullif(won_count + lost_count, 0))::double as win_rate,
        -- Share of the decided estimates that were won, by total in home currency, 0 to 1; null when none is decided.
        (won_home / nullif(won_home + lost_home, 0))::double as amount_win_rate,
        -- Median number of days from an estimate's date to the day it was won; null when none was.
        days_to_win_median::double as days_to_win_median,

        realm_id,  -- QuickBooks id of the company (realm).
    from counted
)

select * from final
