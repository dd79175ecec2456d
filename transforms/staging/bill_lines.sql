-- One row per line of a bill.
-- The lines inside a bundle follow the last line; their group_line_no is the bundle's line_no.
with

bills as (
    select * from documents.bill
),

outer_lines as (
    select
        realm_id,
        id as bill_id,
        generate_subscripts(document.Line, 1) as line_no,
        len(document.Line) as line_count,
        unnest(document.Line) as line,
    from bills
),

inner_lines as (
    select
        realm_id,
        bill_id,
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
        bill_id,
        line_no,
        null::bigint as group_line_no,
        line,
    from outer_lines

    union all by name

    select
        realm_id,
        bill_id,
        line_count + row_number() over (
            partition by realm_id, bill_id order by group_line_no, position
        ) as line_no,
        group_line_no,
        line,
    from inner_lines
),

final as (
    select
        line_no,  -- Position of the line in the bill, from 1; lines inside bundles follow the last.
        group_line_no,  -- Position (line_no) of the bundle that the line is inside; null outside bundles.
        line.LinkedTxn[1].TxnType as linked_txn_type,  -- Type of the first transaction the line is linked to, such as Invoice or Estimate.
        line.DetailType as detail_type,  -- Kind of line, such as AccountBasedExpenseLineDetail or ItemBasedExpenseLineDetail.
        line.Description as description,  -- Description on the line of the bill.
        coalesce(
            line.AccountBasedExpenseLineDetail.BillableStatus,
            line.ItemBasedExpenseLineDetail.BillableStatus
        ) as billable_status,  -- Whether the customer is billed for the line: Billable, NotBillable or HasBeenBilled.

        line.LineNum as line_number,  -- Number QuickBooks gives the line, by which forms order them.
        line.Amount::decimal(18, 2) as line_amount,  -- Amount of the line without tax, in the bill's currency.
        coalesce(
            line.AccountBasedExpenseLineDetail.TaxInclusiveAmt,
            line.ItemBasedExpenseLineDetail.TaxInclusiveAmt
        )::decimal(18, 2) as tax_inclusive_amount,  -- Amount of the line with tax, in the bill's currency.
        line.AccountBasedExpenseLineDetail.TaxAmount::decimal(18, 2) as tax_amount,  -- Tax on an account line, in the bill's currency.
        line.ItemBasedExpenseLineDetail.Qty as quantity,  -- Quantity bought, in the item's unit.
        line.ItemBasedExpenseLineDetail.UnitPrice as unit_price,  -- Price per unit, in the bill's currency, with up to ten decimals.
        coalesce(
            line.AccountBasedExpenseLineDetail.MarkupInfo.Percent,
            line.ItemBasedExpenseLineDetail.MarkupInfo.Percent
        ) as markup_pct,  -- Markup when the line is billed on, in percent: 10 is 10 %.
        coalesce(
            line.AccountBasedExpenseLineDetail.MarkupInfo.Value,
            line.ItemBasedExpenseLineDetail.MarkupInfo.Value
        )::decimal(18, 2) as markup_amount,  -- Markup when the line is billed on, in the bill's currency; null for a percentage.
        line.GroupLineDetail.Quantity as group_quantity,  -- Quantity of a bundle, in units of one bundle; null on other lines.

        realm_id,  -- QuickBooks company id (realm).

        bill_id,  -- QuickBooks id of the bill.
        line.Id as line_id,  -- QuickBooks id of the line; an edit of the bill may give it another.
        line.AccountBasedExpenseLineDetail.AccountRef.value as account_id,  -- Account an account line is charged to; null on item lines.
        line.ItemBasedExpenseLineDetail.ItemRef.value as item_id,  -- Product or service an item line buys; null on account lines.
        coalesce(
            line.AccountBasedExpenseLineDetail.CustomerRef.value,
            line.ItemBasedExpenseLineDetail.CustomerRef.value
        ) as customer_id,  -- Customer the expense was made for; whether it is billed on, billable_status says.
        coalesce(
            line.AccountBasedExpenseLineDetail.ClassRef.value,
            line.ItemBasedExpenseLineDetail.ClassRef.value
        ) as class_id,  -- Class of the line; null where classes are not used.
        line.ProjectRef.value as project_id,  -- QuickBooks id of the project the line belongs to; null without one.
        coalesce(
            line.AccountBasedExpenseLineDetail.TaxCodeRef.value,
            line.ItemBasedExpenseLineDetail.TaxCodeRef.value
        ) as tax_code_id,  -- Tax code of the line.
        coalesce(
            line.AccountBasedExpenseLineDetail.MarkupInfo.MarkUpIncomeAccountRef.value,
            line.ItemBasedExpenseLineDetail.MarkupInfo.MarkUpIncomeAccountRef.value
        ) as markup_account_id,  -- Income account that the markup posts to; null without a markup.
        line.GroupLineDetail.GroupItemRef.value as group_item_id,  -- Bundle a bundle's line stands for; null on other lines.
        line.LinkedTxn[1].TxnId as linked_txn_id,  -- QuickBooks id of the first transaction the line is linked to; null without one.
        line.LinkedTxn[1].TxnLineId as linked_txn_line_id,  -- Line of the first linked transaction; null or 0 when it is linked as a whole.
    from lines
)

select * from final
