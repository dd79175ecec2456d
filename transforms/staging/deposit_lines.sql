-- Lines of deposits. One row per deposit and line.
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
        realm_id,
        deposit_id,
        line_no,
        line.Id as line_id,
        line.DepositLineDetail.AccountRef.value as account_id,
        line.DepositLineDetail.Entity.type as entity_type,
        coalesce(line.DepositLineDetail.Entity.value, line.DepositLineDetail.Entity.EntityRef.value) as entity_id,
        line.DepositLineDetail.ClassRef.value as class_id,
        line.DepositLineDetail.PaymentMethodRef.value as payment_method_id,
        line.ProjectRef.value as project_id,
        line.DepositLineDetail.TaxCodeRef.value as tax_code_id,
        line.LinkedTxn[1].TxnId as linked_txn_id,
        line.LinkedTxn[1].TxnType as linked_txn_type,
        line.LinkedTxn[1].TxnLineId as linked_txn_line_id,

        line.LineNum as line_number,
        line.DetailType as detail_type,
        line.Description as description,
        line.DepositLineDetail.CheckNum as check_number,

        line.Amount::decimal(18, 2) as line_amount,
    from lines
)

select * from final
