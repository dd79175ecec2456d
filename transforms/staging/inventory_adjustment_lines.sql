-- One row per line of an inventory adjustment.
with

inventory_adjustments as (
    select * from documents.inventory_adjustment
),

lines as (
    select
        realm_id,
        id as inventory_adjustment_id,
        generate_subscripts(document.Line, 1) as line_no,
        unnest(document.Line) as line,
    from inventory_adjustments
),

final as (
    select
        line_no,  -- Position of the line in the inventory adjustment, from 1.
        line.DetailType as detail_type,  -- Kind of line: ItemAdjustmentLineDetail.

        line.LineNum as line_number,  -- Number QuickBooks gives the line, by which forms order them.
        line.ItemAdjustmentLineDetail.QtyDiff
            as quantity_difference,  -- Change of the quantity on hand, in the item's unit; negative for a reduction.

        realm_id,  -- QuickBooks company id (realm).

        inventory_adjustment_id,  -- QuickBooks id of the inventory adjustment.
        line.Id as line_id,  -- QuickBooks id of the line; an edit of the inventory adjustment may give it another.
        line.ItemAdjustmentLineDetail.ItemRef.value as item_id,  -- Inventory item whose quantity is adjusted.
    from lines
)

select * from final
