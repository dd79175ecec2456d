-- One row per inventory item, with how fast its stock turns over, for how long it lasts and what lies dead. In home
-- currency; the quantity on hand is the one QuickBooks states now, whatever the run's date.
with

companies as (
    select * from core.companies
),

items as (
    select * from core.items where item_type = 'Inventory'
),

sold as (
    select
        realm_id,
        item_id,
        max(txn_date) filter (where quantity > 0) as last_sold_date,
        coalesce(sum(quantity) filter (where txn_date > as_of_date - 90), 0) as sold_90d,
        coalesce(sum(quantity) filter (where txn_date > as_of_date - 365), 0) as sold_365d,
        sum(cost_home) filter (where txn_date > as_of_date - 365) as cost_365d,
    from core.sales_lines
    join companies using (realm_id)
    where txn_date <= as_of_date and not is_voided and item_id is not null
    group by all
),

bought as (
    select realm_id, item_id, max(txn_date) as last_bought_date
    from core.item_costs
    join companies using (realm_id)
    where txn_date <= as_of_date
    group by all
),

valued as (
    select
        items.*,
        coalesce(sold_90d, 0) as sold_90d,
        coalesce(sold_365d, 0) as sold_365d,
        cost_365d,
        last_sold_date,
        last_bought_date,
        try(round(greatest(0, quantity_on_hand) * purchase_cost, 2)::decimal(18, 2)) as stock_value,
    from items
    left join sold using (realm_id, item_id)
    left join bought using (realm_id, item_id)
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        valued.full_name as item_name,  -- Full name of the item: the names of all levels joined by colons.
        valued.sku,  -- Stock-keeping unit of the item (SKU).

        last_sold_date,  -- Day on which the item was last sold; null when it never was.
        last_bought_date,  -- Day of the last bill or purchase of the item; null when there is none.
        companies.as_of_date,  -- Day at whose end the figures stand.

        valued.quantity_on_hand,  -- Quantity in stock that QuickBooks states now, in units of the item.
        -- Quantity sold in the last 90 days, less what came back, in units of the item.
        sold_90d::decimal(24, 10) as quantity_sold_90d,
        -- Quantity sold in the last 365 days, less what came back, in units of the item.
        sold_365d::decimal(24, 10) as quantity_sold_365d,
        valued.purchase_cost,  -- Purchase cost of one unit as the item states it now, in home currency.
        -- Quantity in stock times the purchase cost, in home currency; QuickBooks itself values by first in, first out;
        -- null where the item states no cost, and where no column holds it.
        stock_value::decimal(18, 2) as stock_value_amount,
        -- Cost of what was sold in the last 365 days, in home currency; null where nothing was sold or no cost is known.
        cost_365d::decimal(18, 2) as sold_cost,
        -- Inventory turnover in times a year, or number of times sold: cost of what was sold in 365 days divided by the
        -- value in stock now; null without stock, cost or sales.
        if(cost_365d >= 0, cost_365d / nullif(stock_value, 0), null)::double as turnover,
        -- Days for which the stock lasts at the pace of the last 365 days; null when nothing was sold, less than came
        -- back, or the stock is below 0.
        if(sold_365d > 0 and valued.quantity_on_hand >= 0, valued.quantity_on_hand * 365 / sold_365d, null)::double as days_of_stock,
        (companies.as_of_date - last_sold_date)::integer as days_since_sold,  -- Days since the last sale; null without one.
        -- True for stock that was neither sold nor bought in the last 365 days.
        coalesce(valued.quantity_on_hand, 0) > 0
            and coalesce(last_sold_date <= companies.as_of_date - 365, true)
            and coalesce(last_bought_date <= companies.as_of_date - 365, true) as is_dead_stock,
        valued.is_active,  -- False for an item made inactive.

        valued.realm_id,  -- QuickBooks id of the company (realm).
        valued.item_id,  -- QuickBooks id of the item.
    from valued
    join companies using (realm_id)
)

select * from final
