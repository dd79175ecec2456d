-- Lines of reimburse charges. One row per reimburse charge and line.
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
        realm_id,
        reimburse_charge_id,
        line_no,
        line.Id as line_id,
        line.ReimburseLineDetail.ItemRef.value as item_id,
        line.ReimburseLineDetail.ItemAccountRef.value as account_id,

        line.LineNum as line_number,
        line.DetailType as detail_type,
        line.Description as description,

        line.Amount::decimal(18, 2) as line_amount,
        line.ReimburseLineDetail.Qty as quantity,
        line.ReimburseLineDetail.UnitPrice as unit_price,
    from lines
)

select * from final
