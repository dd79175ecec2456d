-- One row per line of an invoice.
-- The lines inside a bundle follow the last line; their group_line_no is the bundle's line_no.
with

invoices as (
    select * from documents.invoice
),

outer_lines as (
    select
        realm_id,
        id as invoice_id,
        generate_subscripts(document.Line, 1) as line_no,
        len(document.Line) as line_count,
        unnest(document.Line) as line,
    from invoices
),

inner_lines as (
    select
        realm_id,
        invoice_id,
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
        invoice_id,
        line_no,
        null::bigint as group_line_no,
        line,
    from outer_lines

    union all by name

    select
        realm_id,
        invoice_id,
        line_count + row_number() over (
            partition by realm_id, invoice_id order by group_line_no, position
        ) as line_no,
        group_line_no,
        line,
    from inner_lines
),

final as (
    select
        line_no,  -- Position of the line in the invoice, from 1; lines inside bundles follow the last.
        group_line_no,  -- Position (line_no) of the bundle that the line is inside; null outside bundles.
        line.LinkedTxn[1].TxnType as linked_txn_type,  -- Type of the first transaction the line is linked to, such as Invoice or Estimate.
        line.DetailType as detail_type,  -- Kind of line, such as SalesItemLineDetail, SubTotalLineDetail or DiscountLineDetail.
        line.Description as description,  -- Description on the line of the invoice.

        line.SalesItemLineDetail.ServiceDate as service_date,  -- Date the service was performed.

        line.LineNum as line_number,  -- Number QuickBooks gives the line, by which forms order them.
        line.Amount::decimal(18, 2)
            as line_amount,  -- Amount of the line without tax, in the invoice's currency; positive on discount lines, too.
        line.SalesItemLineDetail.DiscountAmt::decimal(18, 2)
            as discount_amount,  -- Discount applied on the line, in the invoice's currency.
        line.SalesItemLineDetail.TaxInclusiveAmt::decimal(18, 2)
            as tax_inclusive_amount,  -- Amount of the line with tax, in the invoice's currency.
        coalesce(line.SalesItemLineDetail.Qty, line.ReimburseLineDetail.Qty) as quantity,  -- Quantity sold, in the item's unit.
        coalesce(
            line.SalesItemLineDetail.UnitPrice,
            line.ReimburseLineDetail.UnitPrice
        ) as unit_price,  -- Price per unit, in the invoice's currency, with up to ten decimals.
        line.SalesItemLineDetail.DiscountRate as discount_rate,  -- Discount rate applied on the line, in the unit that QuickBooks sends.
        line.SalesItemLineDetail.MarkupInfo.Value::decimal(18, 2)
            as markup_amount,  -- Markup on the cost, in the invoice's currency; null for a percentage.
        line.SalesItemLineDetail.MarkupInfo.Percent as markup_pct,  -- Markup on the cost, in percent: 10 is 10 %.
        line.DiscountLineDetail.DiscountPercent
            as discount_pct,  -- Discount of a discount line, in percent: 10 is 10 %; null for a fixed amount.
        line.GroupLineDetail.Quantity as group_quantity,  -- Quantity of a bundle, in units of one bundle; null on other lines.
        len(line.GroupLineDetail.Line) as group_line_count,  -- Number of lines inside a bundle; null on other lines.
        line.DiscountLineDetail.PercentBased
            as is_percent_discount,  -- True where a discount line is a percentage, false where it is a fixed amount.

        realm_id,  -- QuickBooks company id (realm).

        invoice_id,  -- QuickBooks id of the invoice.
        line.Id as line_id,  -- QuickBooks id of the line; an edit of the invoice may give it another.
        coalesce(
            line.SalesItemLineDetail.ItemRef.value,
            line.ReimburseLineDetail.ItemRef.value
        ) as item_id,  -- Product or service sold, or the expense billed on.
        coalesce(
            line.SalesItemLineDetail.ItemAccountRef.value,
            line.ReimburseLineDetail.ItemAccountRef.value
        ) as account_id,  -- Account that the line's item posts to, as a rule an income account.
        coalesce(
            line.SalesItemLineDetail.ClassRef.value,
            line.DiscountLineDetail.ClassRef.value
        ) as class_id,  -- Class of the line; null where the whole invoice has one or classes are not used.
        line.ProjectRef.value as project_id,  -- QuickBooks id of the project the line belongs to; null without one.
        line.SalesItemLineDetail.TaxCodeRef.value as tax_code_id,  -- Tax code of the line; in the US TAX or NON.
        line.DiscountLineDetail.DiscountAccountRef.value as discount_account_id,  -- Account a discount line posts to; null on other lines.
        line.SalesItemLineDetail.MarkupInfo.MarkUpIncomeAccountRef.value
            as markup_account_id,  -- Income account that the markup posts to; null without a markup.
        line.GroupLineDetail.GroupItemRef.value as group_item_id,  -- Bundle a bundle's line stands for; null on other lines.
        line.LinkedTxn[1].TxnId as linked_txn_id,  -- QuickBooks id of the first transaction the line is linked to; null without one.
        line.LinkedTxn[1].TxnLineId as linked_txn_line_id,  -- Line of the first linked transaction; null or 0 when it is linked as a whole.
    from lines
)

select * from final
