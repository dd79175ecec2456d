-- Lines of recurring transactions. One row per recurring transaction and line.
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
        realm_id,
        recurring_transaction_id,
        line_no,
        line.Id as line_id,

        line.LineNum as line_number,
        line.DetailType as detail_type,
        line.Description as description,

        line.Amount::decimal(18, 2) as line_amount,
    from lines
)

select * from final
