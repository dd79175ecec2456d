-- One row per payment from a customer. Where only credits are applied, the total is 0.
with

payments as (
    select * from documents.payment
),

final as (
    select
        document.PaymentRefNum as payment_reference,  -- Reference of the payment, such as the number of a cheque.
        document.PrivateNote as private_note,  -- Private memo on the payment; begins with "Voided" once the payment is voided.
        document.TxnSource as txn_source,  -- Program the payment came from, such as QBMobile or GoPayment; null if entered by hand.
        document.CurrencyRef.value
            as currency,  -- Currency of the payment, ISO 4217; null where QuickBooks names none, which means home currency.

        document.TxnDate as txn_date,  -- Date of the payment, as the company's calendar has it.
        created_at,  -- When the payment was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the payment (UTC).

        coalesce(document.ExchangeRate, 1) as exchange_rate,  -- Home-currency units per unit of the payment's currency; 1 in home currency.
        document.TotalAmt::decimal(18, 2) as total_amount,  -- Amount received, in the payment's currency; 0 where only credits are applied.
        document.UnappliedAmt::decimal(18, 2) as unapplied_amount,  -- Part that is applied to nothing yet, in the payment's currency.
        document.ProcessPayment as is_processed,  -- True where a merchant service was to process the payment.
        coalesce(starts_with(document.PrivateNote, 'Voided') and document.TotalAmt = 0, false)
            as is_voided,  -- True for a voided payment: its total is 0 and its note starts with "Voided".
        sync_token,  -- Number of the version, which QuickBooks counts up when the payment is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as payment_id,  -- QuickBooks id of the payment.
        document.CustomerRef.value as customer_id,  -- Customer who paid, perhaps the parent of the one billed.
        document.ARAccountRef.value as ar_account_id,  -- Accounts-receivable account that the payment settles.
        document.DepositToAccountRef.value
            as deposit_to_account_id,  -- Account the money was put into; Undeposited Funds until it is deposited.
        document.PaymentMethodRef.value as payment_method_id,  -- Payment method of the payment.
        document.ProjectRef.value as project_id,  -- QuickBooks id of the project the payment belongs to; null without one.
    from payments
)

select * from final
