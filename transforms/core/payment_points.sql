-- One row per company and number of days beyond terms, from 30 days early to 180 days late: the payment score that a
-- payment of that day has. Earlier ones have the first row's points, later ones the last row's.
with

companies as (
    select * from core.companies
),

days as (
    select realm_id, unnest(range(-30, 181))::integer as days_beyond_terms
    from companies
),

final as (
    select
        days_beyond_terms,  -- Days from the due date to the payment; negative when early.
        -- Payment score in points: 100 at 30 days early, 80 on time, 50 at 30 days late, 20 at 120 days late, 0 from
        -- 180 days late on; straight lines between.
        case
            when days_beyond_terms <= -20 then 100 - 10 * (days_beyond_terms + 30) / 10
            when days_beyond_terms <= -10 then 90 - 5 * (days_beyond_terms + 20) / 10
            when days_beyond_terms <= 0 then 85 - 5 * (days_beyond_terms + 10) / 10
            when days_beyond_terms <= 15 then 80 - 10 * days_beyond_terms / 15
            when days_beyond_terms <= 22 then 70 - 10 * (days_beyond_terms - 15) / 7
            when days_beyond_terms <= 30 then 60 - 10 * (days_beyond_terms - 22) / 8
            when days_beyond_terms <= 60 then 50 - 10 * (days_beyond_terms - 30) / 30
            when days_beyond_terms <= 90 then 40 - 10 * (days_beyond_terms - 60) / 30
            else 30 - 10 * (days_beyond_terms - 90) / 30
        end::double as points,

        realm_id,  -- QuickBooks id of the company (realm).
    from days
)

select * from final
