-- Payments of credit card balances. One row per credit card payment.
with

credit_card_payments as (
    select * from documents.credit_card_payment
),

final as (
    select
        realm_id,
        id as credit_card_payment_id,
        document.BankAccountRef.value as bank_account_id,
        document.CreditCardAccountRef.value as credit_card_account_id,
        document.VendorRef.value as vendor_id,

        document.DocNumber as doc_number,
        document.CheckNum as check_number,
        document.Memo as memo,
        document.PrivateNote as private_note,

        document.CurrencyRef.value as currency,
        document.ExchangeRate as exchange_rate,
        document.Amount::decimal(18, 2) as amount,

        coalesce(starts_with(document.PrivateNote, 'Voided') and document.Amount = 0, false) as is_voided,

        document.TxnDate as txn_date,

        sync_token,
        created_at,
        last_updated_at,
    from credit_card_payments
)

select * from final
