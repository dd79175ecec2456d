-- Lines of estimates; the lines inside a bundle follow the last line and name it in group_line_no.
-- One row per estimate and line.
with

estimates as (
    select * from documents.estimate
),

outer_lines as (
    select
        realm_id,
        id as estimate_id,
        generate_subscripts(document.Line, 1) as line_no,
        len(document.Line) as line_count,
        unnest(document.Line) as line,
    from estimates
),

inner_lines as (
    select
        realm_id,
        estimate_id,
        line_no as group_line_no,
        line_count,
        generate_subscripts(line.GroupLineDetail.Line, 1) as position,
        unnest(line.GroupLineDetail.Line) as line,
    from outer_lines
    where line.GroupLineDetail is not null
),

lines as (
    select
        realm_id,
        estimate_id,
        line_no,
        null::bigint as group_line_no,
        line,
    from outer_lines

    union all by name

    select
        realm_id,
        estimate_id,
        line_count + row_number() over (
            partition by realm_id, estimate_id order by group_line_no, position
        ) as line_no,
        group_line_no,
        line,
    from inner_lines
),

final as (
    select
        realm_id,
        estimate_id,
        line_no,
        group_line_no,
        line.Id as line_id,
        coalesce(line.SalesItemLineDetail.ItemRef.value, line.ReimburseLineDetail.ItemRef.value) as item_id,
        coalesce(line.SalesItemLineDetail.ItemAccountRef.value, line.ReimburseLineDetail.ItemAccountRef.value) as account_id,
        coalesce(line.SalesItemLineDetail.ClassRef.value, line.DiscountLineDetail.ClassRef.value) as class_id,
        line.ProjectRef.value as project_id,
        line.SalesItemLineDetail.TaxCodeRef.value as tax_code_id,
        line.DiscountLineDetail.DiscountAccountRef.value as discount_account_id,
        line.GroupLineDetail.GroupItemRef.value as group_item_id,
        line.LinkedTxn[1].TxnId as linked_txn_id,
        line.LinkedTxn[1].TxnType as linked_txn_type,
        line.LinkedTxn[1].TxnLineId as linked_txn_line_id,

        line.LineNum as line_number,
        line.DetailType as detail_type,
        line.Description as description,

        line.Amount::decimal(18, 2) as line_amount,
        line.SalesItemLineDetail.DiscountAmt::decimal(18, 2) as discount_amount,
        line.SalesItemLineDetail.TaxInclusiveAmt::decimal(18, 2) as tax_inclusive_amount,
        coalesce(line.SalesItemLineDetail.Qty, line.ReimburseLineDetail.Qty) as quantity,
        coalesce(line.SalesItemLineDetail.UnitPrice, line.ReimburseLineDetail.UnitPrice) as unit_price,
        line.SalesItemLineDetail.DiscountRate as discount_rate,
        line.SalesItemLineDetail.MarkupInfo.Percent as markup_percent,
        line.DiscountLineDetail.DiscountPercent as discount_percent,
        line.GroupLineDetail.Quantity as group_quantity,
        len(line.GroupLineDetail.Line) as group_line_count,

        line.DiscountLineDetail.PercentBased as is_percent_discount,

        line.SalesItemLineDetail.ServiceDate as service_date,
    from lines
)

select * from final
