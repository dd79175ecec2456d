-- How many estimates are won, and how much of the money. One row per company and age of the estimates; cohort all is
-- all of them. Young cohorts are judged by what was decided early: their open ones are yet to come. In home currency.
with

estimates as (
    select * from core.estimates where outcome <> 'voided'
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
        coalesce(sum(total_home) filter (where outcome = 'won'), 0) as won_home,
        coalesce(sum(total_home) filter (where outcome = 'lost'), 0) as lost_home,
        coalesce(sum(total_home) filter (where outcome = 'open'), 0) as open_home,
        sum(invoiced_home) as invoiced_home,
        sum(backlog_home) as backlog_home,
        median(days_open) filter (where outcome = 'won') as days_to_win_median,
    from cohorts
    group by all
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        cohort,  -- all, or the age of the estimates in days: 0-30, 31-60, 61-90, 91-180, 181-365 or 366+

        won_count::integer as won_count,  -- Estimates won
        lost_count::integer as lost_count,  -- Estimates lost; with the won ones, n of the rates
        open_count::integer as open_count,  -- Estimates not decided yet

        won_home::decimal(18, 2) as won_home,  -- Totals of the estimates won
        lost_home::decimal(18, 2) as lost_home,  -- Totals of the estimates lost
        open_home::decimal(18, 2) as open_home,  -- Totals of the estimates not decided yet
        invoiced_home::decimal(18, 2) as invoiced_home,  -- Invoiced from all of them, at the invoices' rates
        backlog_home::decimal(18, 2) as backlog_home,  -- Won and not invoiced yet

        -- Won among the decided, by number; null when none is decided
        (won_count / nullif(won_count + lost_count, 0))::double as win_rate_count,
        -- Won among the decided, by total; null when none is decided
        (won_home / nullif(won_home + lost_home, 0))::double as win_rate_amount,
        -- Median days from the estimate to its being won; null when none is
        days_to_win_median::double as days_to_win_median,

        as_of_date,  -- Day whose end this describes
    from counted
)

select * from final
