-- One row per item: products and services, inactive ones too.
with

items as (
    select * from staging.items
),

companies as (
    select * from core.companies
),

-- Accounts of what is billed beside what is sold, or is no revenue.
other_accounts as (
    select realm_id, account_id
    from core.accounts
    where account_type <> 'Income' or account_sub_type = 'DiscountsRefundsGiven'
    union
    select realm_id, unnest([default_shipping_account_id, default_discount_account_id])
    from staging.preferences
),

final as (
    select
        items.name,  -- Name of the item.
        items.full_name,  -- Full name of the item: the names of all levels joined by colons.
        items.sku,  -- Stock-keeping unit of the item (SKU).
        items.item_type,  -- Type of the item: Service, Inventory, NonInventory, Group (bundle), Category and others.

        items.unit_price,  -- Sales price of one unit now, in home currency.
        -- Purchase cost of one unit now, in home currency; null when QuickBooks has none or zero.
        nullif(items.purchase_cost, 0) as purchase_cost,
        items.quantity_on_hand,  -- Stock now, in units of the item; null for items without stock.
        coalesce(items.is_active, true) as is_active,  -- False for an item made inactive.
        -- True for what customers choose, so that it can be offered. False for what is billed beside it, by the words of
        -- the name (shipping, fee, surcharge, interest, deposit, discount and their like) or by the account of its sales:
        -- one that is not of income, or QuickBooks's own for shipping or discounts.
        other_accounts.account_id is null
            and not regexp_matches(coalesce(items.name, ''), concat(
                '(?i)\b(shipping|freight|postage|handling|delivery|fees?|surcharges?|(late|finance) charges?|',
                'interest|retainers?|retention|deposits?|prepayments?|discounts?|rebates?|refunds?|gratuity|rounding)\b'
            )) as is_offerable,

        items.realm_id,  -- QuickBooks id of the company (realm).
        items.item_id,  -- QuickBooks id of the item.
        items.parent_item_id,  -- QuickBooks id of the item or category that this item belongs to; null at the top.
        items.income_account_id,  -- QuickBooks id of the account that sales of the item go to.
        items.expense_account_id,  -- QuickBooks id of the account that purchases of the item go to.
    from items
    join companies using (realm_id)
    left join other_accounts
        on other_accounts.realm_id = items.realm_id and other_accounts.account_id = items.income_account_id
)

select * from final
