-- One row per line of a recurring transaction.
with

recurring_transactions as (
    select * from documents.recurring_transaction
),

templates as (
    select
        realm_id,
        id as recurring_transaction_id,
        coalesce(
            document.Bill,
            document.CreditMemo,
            document.Deposit,
            document.Estimate,
            document.Invoice,
            document.JournalEntry,
            document.Purchase,
            document.PurchaseOrder,
            document.RefundReceipt,
            document.SalesReceipt,
            document.Transfer,
            document.VendorCredit
        ) as template,
    from recurring_transactions
),

lines as (
    select
        realm_id,
        recurring_transaction_id,
        generate_subscripts(template.Line, 1) as line_no,
        unnest(template.Line) as line,
    from templates
),

final as (
    select
        line_no,  -- Position of the line in the recurring transaction, from 1.
        line.DetailType as detail_type,  -- Kind of line, such as SalesItemLineDetail.
        line.Description as description,  -- Description on the template's line.

        line.LineNum as line_number,  -- Number QuickBooks gives the template's line.
        line.Amount::decimal(18, 2) as line_amount,  -- Amount of the template's line, in the transaction's currency.

        realm_id,  -- QuickBooks company id (realm).

        recurring_transaction_id,  -- QuickBooks id of the recurring transaction.
        line.Id as line_id,  -- QuickBooks id of the template's line.
    from lines
)

select * from final
