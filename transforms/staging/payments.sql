-- Payments from customers, applied credits (zero total) too. One row per payment.
with

payments as (
    select * from documents.payment
),

final as (
    select
        realm_id,
        id as payment_id,
        document.CustomerRef.value as customer_id,
        document.ARAccountRef.value as ar_account_id,
        document.DepositToAccountRef.value as deposit_to_account_id,
        document.PaymentMethodRef.value as payment_method_id,
        document.ProjectRef.value as project_id,

        document.PaymentRefNum as payment_reference,
        document.PrivateNote as private_note,
        document.TxnSource as txn_source,

        document.CurrencyRef.value as currency,
        document.ExchangeRate as exchange_rate,
        document.TotalAmt::decimal(18, 2) as total_amount,
        document.UnappliedAmt::decimal(18, 2) as unapplied_amount,

        document.ProcessPayment as is_processed,
        coalesce(starts_with(document.PrivateNote, 'Voided') and document.TotalAmt = 0, false) as is_voided,

        document.TxnDate as txn_date,

        sync_token,
        created_at,
        last_updated_at,
    from payments
)

select * from final
