-- Lines of purchase orders; the lines inside a bundle follow the last line and name it in group_line_no.
-- One row per purchase order and line.
with

purchase_orders as (
    select * from documents.purchase_order
),

outer_lines as (
    select
        realm_id,
        id as purchase_order_id,
        generate_subscripts(document.Line, 1) as line_no,
        len(document.Line) as line_count,
        unnest(document.Line) as line,
    from purchase_orders
),

inner_lines as (
    select
        realm_id,
        purchase_order_id,
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
        purchase_order_id,
        line_no,
        null::bigint as group_line_no,
        line,
    from outer_lines

    union all by name

    select
        realm_id,
        purchase_order_id,
        line_count + row_number() over (
            partition by realm_id, purchase_order_id order by group_line_no, position
        ) as line_no,
        group_line_no,
        line,
    from inner_lines
),

final as (
    select
        realm_id,
        purchase_order_id,
        line_no,
        group_line_no,
        line.Id as line_id,
        line.AccountBasedExpenseLineDetail.AccountRef.value as account_id,
        line.ItemBasedExpenseLineDetail.ItemRef.value as item_id,
        coalesce(line.AccountBasedExpenseLineDetail.CustomerRef.value, line.ItemBasedExpenseLineDetail.CustomerRef.value) as customer_id,
        coalesce(line.AccountBasedExpenseLineDetail.ClassRef.value, line.ItemBasedExpenseLineDetail.ClassRef.value) as class_id,
        line.ProjectRef.value as project_id,
        coalesce(line.AccountBasedExpenseLineDetail.TaxCodeRef.value, line.ItemBasedExpenseLineDetail.TaxCodeRef.value) as tax_code_id,
        line.GroupLineDetail.GroupItemRef.value as group_item_id,
        line.LinkedTxn[1].TxnId as linked_txn_id,
        line.LinkedTxn[1].TxnType as linked_txn_type,
        line.LinkedTxn[1].TxnLineId as linked_txn_line_id,

        line.LineNum as line_number,
        line.DetailType as detail_type,
        line.Description as description,
        coalesce(line.AccountBasedExpenseLineDetail.BillableStatus, line.ItemBasedExpenseLineDetail.BillableStatus) as billable_status,

        line.Amount::decimal(18, 2) as line_amount,
        coalesce(line.AccountBasedExpenseLineDetail.TaxInclusiveAmt, line.ItemBasedExpenseLineDetail.TaxInclusiveAmt)::decimal(18, 2) as tax_inclusive_amount,
        line.AccountBasedExpenseLineDetail.TaxAmount::decimal(18, 2) as tax_amount,
        line.ItemBasedExpenseLineDetail.Qty as quantity,
        line.ItemBasedExpenseLineDetail.UnitPrice as unit_price,
        coalesce(line.AccountBasedExpenseLineDetail.MarkupInfo.Percent, line.ItemBasedExpenseLineDetail.MarkupInfo.Percent) as markup_percent,
        line.GroupLineDetail.Quantity as group_quantity,
    from lines
)

select * from final
