-- One row per item and span in which its purchase cost stayed unchanged: what the item cost to buy, as the item itself
-- said, and from when to when. Spans without a cost are left out.
with

item_versions as (
    select * from build.item_versions
),

versions as (
    select
        realm_id,
        item_id,
        nullif(purchase_cost, 0) as purchase_cost,
        (saved_at at time zone 'UTC')::date as saved_date,
    from item_versions
    qualify row_number() over (
        partition by realm_id, item_id, saved_date
        order by saved_at desc, answered_at desc
    ) = 1
),

stated as (
    select *
    from versions
    qualify bool_or(purchase_cost is not null) over (partition by realm_id, item_id order by saved_date)
),

changes as (
    select *
    from stated
    window by_item as (partition by realm_id, item_id order by saved_date)
    qualify row_number() over by_item = 1 or purchase_cost is distinct from lag(purchase_cost) over by_item
),

spans as (
    select
        *,
        if(row_number() over by_item = 1, date '1900-01-01', saved_date) as from_date,
        coalesce(lead(saved_date) over by_item, date '9999-12-31') as before_date,
    from changes
    window by_item as (partition by realm_id, item_id order by saved_date)
),

final as (
    select
        saved_date,  -- Day in UTC on which the first version with this cost was saved: the cost is known from then on.
        from_date,  -- First day that the cost counts for; 1900-01-01 for the first cost on record.
        before_date,  -- Day from which the next cost counts; 9999-12-31 when none has come.

        purchase_cost,  -- Purchase cost of one unit, in home currency.

        realm_id,  -- QuickBooks id of the company (realm).
        item_id,  -- QuickBooks id of the item.
    from spans
    where purchase_cost is not null
)

select * from final
