-- Bank deposits. One row per deposit.
with

deposits as (
    select * from documents.deposit
),

final as (
    select
        realm_id,
        id as deposit_id,
        document.DepositToAccountRef.value as deposit_to_account_id,
        document.CashBack.AccountRef.value as cash_back_account_id,
        document.DepartmentRef.value as department_id,
        document.TxnTaxDetail.TxnTaxCodeRef.value as tax_code_id,
        document.RecurDataRef.value as recurring_transaction_id,

        document.DocNumber as doc_number,
        document.PrivateNote as private_note,
        document.CashBack.Memo as cash_back_memo,

        document.CurrencyRef.value as currency,
        document.ExchangeRate as exchange_rate,
        document.TotalAmt::decimal(18, 2) as total_amount,
        document.HomeTotalAmt::decimal(18, 2) as home_total_amount,
        document.CashBack.Amount::decimal(18, 2) as cash_back_amount,
        document.TxnTaxDetail.TotalTax::decimal(18, 2) as tax_amount,

        coalesce(starts_with(document.PrivateNote, 'Voided') and document.TotalAmt = 0, false) as is_voided,

        document.TxnDate as txn_date,

        sync_token,
        created_at,
        last_updated_at,
    from deposits
)

select * from final
