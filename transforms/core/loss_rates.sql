-- One row per company, month and age: how much of the charges of that age is lost in the end, by what became of such
-- charges in the twelve months up to the month's end. This is the loss rate of a provision matrix as IFRS 9 (B5.5.35)
-- allows it, from roll rates: of what left a bucket, the part written off, and the part that rolled on times the loss
-- rate of the next bucket.
with

yearly as (
    select
        realm_id,
        bucket,
        position,
        month_start,
        sum(opening_home - stayed_home) over year as left_home,
        sum(rolled_home) over year / nullif(left_home, 0) as rolled_share,
        sum(lost_home) over year / nullif(left_home, 0) as lost_share,
    from core.receivable_rolls
    window year as (
        partition by realm_id, position
        order by month_start
        range between interval 11 months preceding and current row
    )
),

shares as (
    select
        realm_id,
        month_start,
        max(rolled_share) filter (where position = 1) as rolled1,
        max(rolled_share) filter (where position = 2) as rolled2,
        max(rolled_share) filter (where position = 3) as rolled3,
        max(rolled_share) filter (where position = 4) as rolled4,
        max(lost_share) filter (where position = 1) as lost1,
        max(lost_share) filter (where position = 2) as lost2,
        max(lost_share) filter (where position = 3) as lost3,
        max(lost_share) filter (where position = 4) as lost4,
        max(lost_share) filter (where position = 5) as rate5,
        lost4 + if(rolled4 = 0, 0, rolled4 * rate5) as rate4,
        lost3 + if(rolled3 = 0, 0, rolled3 * rate4) as rate3,
        lost2 + if(rolled2 = 0, 0, rolled2 * rate3) as rate2,
        lost1 + if(rolled1 = 0, 0, rolled1 * rate2) as rate1,
    from yearly
    group by all
),

final as (
    select
        bucket,  -- Age of the charges: current, 1-30, 31-60, 61-90 or 91+ days past due.
        position,  -- Place of the bucket by age: 1 for current to 5 for 91+.

        month_start,  -- First day of the month up to whose end the twelve months go.

        left_home::decimal(18, 2) as left_home,  -- Charges that left the bucket in the twelve months, in home currency.
        -- Share of a charge of this age that is lost in the end, 0 to 1; null where no charge left the bucket in the
        -- twelve months, or left a later one that it depends on.
        list_extract([rate1, rate2, rate3, rate4, rate5], position)::double as loss_rate,

        realm_id,  -- QuickBooks id of the company (realm).
    from yearly
    join shares using (realm_id, month_start)
)

select * from final
