-- One row per item and day on which it was bought, by bill, cheque, card or cash: what one unit cost on average, of all
-- that was bought up to that day. In home currency.
with

bills as (
    select * from staging.bills
),

bill_lines as (
    select * from staging.bill_lines
),

purchases as (
    select * from staging.purchases where not coalesce(is_credit, false)
),

purchase_lines as (
    select * from staging.purchase_lines
),

bought as (
    select realm_id, item_id, txn_date, exchange_rate, quantity, line_amount
    from bill_lines
    join bills using (realm_id, bill_id)

    union all

    select realm_id, item_id, txn_date, exchange_rate, quantity, line_amount
    from purchase_lines
    join purchases using (realm_id, purchase_id)
),

by_day as (
    select
        realm_id,
        item_id,
        txn_date,
        sum(quantity) as quantity,
        sum(round(line_amount * exchange_rate, 2)) as amount,
    from bought
    where item_id is not null and quantity > 0
    group by all
),

final as (
    select
        txn_date,  -- Date of the bills and purchases that bought the item.

        -- Average cost of one unit, of everything bought up to that day, in home currency; null where no column holds it.
        try_cast(sum(amount) over to_date / sum(quantity) over to_date as decimal(24, 10)) as average_cost,

        realm_id,  -- QuickBooks id of the company (realm).
        item_id,  -- QuickBooks id of the item.
    from by_day
    window to_date as (partition by realm_id, item_id order by txn_date)
)

select * from final
