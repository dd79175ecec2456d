-- One row per payment of a credit card's balance.
with

credit_card_payments as (
    select * from documents.credit_card_payment
),

final as (
    select
        document.DocNumber as doc_number,  -- Number of the credit card payment, at most 21 characters; need not be unique, may be null.
        document.CheckNum as check_number,  -- Number of the cheque the payment was made with; null without one.
        document.Memo as memo,  -- Memo on the payment.
        document.PrivateNote
            as private_note,  -- Private memo on the credit card payment; begins with "Voided" once the credit card payment is voided.
        document.CurrencyRef.value
            as currency,  -- Currency of the credit card payment, ISO 4217; null where QuickBooks names none, which means home currency.

        document.TxnDate as txn_date,  -- Date of the credit card payment, as the company's calendar has it.
        created_at,  -- When the credit card payment was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the credit card payment (UTC).

        coalesce(
            document.ExchangeRate,
            1
        ) as exchange_rate,  -- Home-currency units per unit of the credit card payment's currency; 1 in home currency.
        document.Amount::decimal(18, 2) as amount,  -- Amount paid, in the payment's currency.
        coalesce(starts_with(document.PrivateNote, 'Voided') and document.Amount = 0, false)
            as is_voided,  -- True for a voided payment: its amount is 0 and its note starts with "Voided".
        sync_token,  -- Number of the version, which QuickBooks counts up when the credit card payment is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as credit_card_payment_id,  -- QuickBooks id of the credit card payment.
        document.BankAccountRef.value as bank_account_id,  -- Bank account the payment came out of.
        document.CreditCardAccountRef.value as credit_card_account_id,  -- Credit card account whose balance was paid.
        document.VendorRef.value as vendor_id,  -- Vendor who is paid, as a rule the card's bank; null without one.
    from credit_card_payments
)

select * from final
