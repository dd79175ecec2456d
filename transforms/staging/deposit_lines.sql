-- One row per line of a deposit.
with

deposits as (
    select * from documents.deposit
),

lines as (
    select
        realm_id,
        id as deposit_id,
        generate_subscripts(document.Line, 1) as line_no,
        unnest(document.Line) as line,
    from deposits
),

final as (
    select
        line_no,  -- Position of the line in the deposit, from 1.
        line.DepositLineDetail.Entity.type as entity_type,  -- Type of the payer, such as Customer or Vendor; null without one.
        line.LinkedTxn[1].TxnType as linked_txn_type,  -- Type of the first transaction the line is linked to, such as Invoice or Estimate.
        line.DetailType as detail_type,  -- DepositLineDetail; null where a linked transaction is deposited.
        line.Description as description,  -- Description on the line of the deposit.
        line.DepositLineDetail.CheckNum as check_number,  -- Number of the cheque deposited.

        line.LineNum as line_number,  -- Number QuickBooks gives the line, by which forms order them.
        line.Amount::decimal(18, 2) as line_amount,  -- Amount of the line, in the deposit's currency.

        realm_id,  -- QuickBooks company id (realm).

        deposit_id,  -- QuickBooks id of the deposit.
        line.Id as line_id,  -- QuickBooks id of the line; an edit of the deposit may give it another.
        line.DepositLineDetail.AccountRef.value
            as account_id,  -- Account the line comes from; null where a linked transaction is deposited.
        coalesce(
            line.DepositLineDetail.Entity.value,
            line.DepositLineDetail.Entity.EntityRef.value
        ) as entity_id,  -- Customer, vendor or employee the money came from; null without one.
        line.DepositLineDetail.ClassRef.value as class_id,  -- Class of the line; null where classes are not used.
        line.DepositLineDetail.PaymentMethodRef.value as payment_method_id,  -- Payment method of the line.
        line.ProjectRef.value as project_id,  -- QuickBooks id of the project the line belongs to; null without one.
        line.DepositLineDetail.TaxCodeRef.value as tax_code_id,  -- Tax code of the line.
        line.LinkedTxn[1].TxnId as linked_txn_id,  -- QuickBooks id of the first transaction the line is linked to; null without one.
        line.LinkedTxn[1].TxnLineId as linked_txn_line_id,  -- Line of the first linked transaction; null or 0 when it is linked as a whole.
    from lines
)

select * from final
