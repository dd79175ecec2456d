-- One row per line of a reimburse charge.
with

reimburse_charges as (
    select * from documents.reimburse_charge
),

lines as (
    select
        realm_id,
        id as reimburse_charge_id,
        generate_subscripts(document.Line, 1) as line_no,
        unnest(document.Line) as line,
    from reimburse_charges
),

final as (
    select
        line_no,  -- Position of the line in the reimburse charge, from 1.
        line.DetailType as detail_type,  -- Kind of line: ReimburseLineDetail.
        line.Description as description,  -- Description on the line of the reimburse charge.

        line.LineNum as line_number,  -- Number QuickBooks gives the line, by which forms order them.
        line.Amount::decimal(18, 2) as line_amount,  -- Amount of the line, in the reimburse charge's currency.
        line.ReimburseLineDetail.Qty as quantity,  -- Quantity billed on, in the item's unit.
        line.ReimburseLineDetail.UnitPrice as unit_price,  -- Price per unit, in the charge's currency, with up to ten decimals.

        realm_id,  -- QuickBooks company id (realm).

        reimburse_charge_id,  -- QuickBooks id of the reimburse charge.
        line.Id as line_id,  -- QuickBooks id of the line; an edit of the reimburse charge may give it another.
        line.ReimburseLineDetail.ItemRef.value as item_id,  -- Product or service that is billed on.
        line.ReimburseLineDetail.ItemAccountRef.value as account_id,  -- Account that the line's item posts to.
    from lines
)

select * from final
