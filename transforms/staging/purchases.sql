-- Cheques, card charges and cash expenses. One row per purchase.
with

purchases as (
    select * from documents.purchase
),

final as (
    select
        realm_id,
        id as purchase_id,
        document.AccountRef.value as account_id,
        document.EntityRef.type as entity_type,
        document.EntityRef.value as entity_id,
        document.PaymentMethodRef.value as payment_method_id,
        document.DepartmentRef.value as department_id,
        document.TxnTaxDetail.TxnTaxCodeRef.value as tax_code_id,
        document.RecurDataRef.value as recurring_transaction_id,

        document.DocNumber as doc_number,
        document.PaymentType as payment_type,
        document.PaymentRefNum as payment_reference,
        document.PrintStatus as print_status,
        document.PrivateNote as private_note,
        document.GlobalTaxCalculation as tax_calculation,

        document.CurrencyRef.value as currency,
        document.ExchangeRate as exchange_rate,
        document.TotalAmt::decimal(18, 2) as total_amount,
        document.HomeTotalAmt::decimal(18, 2) as home_total_amount,
        document.TxnTaxDetail.TotalTax::decimal(18, 2) as tax_amount,

        document.Credit as is_credit,
        coalesce(starts_with(document.PrivateNote, 'Voided') and document.TotalAmt = 0, false) as is_voided,

        document.TxnDate as txn_date,

        sync_token,
        created_at,
        last_updated_at,
    from purchases
)

select * from final
