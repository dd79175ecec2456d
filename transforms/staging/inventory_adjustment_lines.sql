-- Lines of inventory adjustments. One row per inventory adjustment and line.
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
        realm_id,
        inventory_adjustment_id,
        line_no,
        line.Id as line_id,
        line.ItemAdjustmentLineDetail.ItemRef.value as item_id,

        line.LineNum as line_number,
        line.DetailType as detail_type,

        line.ItemAdjustmentLineDetail.QtyDiff as quantity_difference,
    from lines
)

select * from final
