-- Payments from customers, applied credits (zero total) too. One row per payment.
with

payments as (
    select * from documents.payment
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        id as payment_id,  -- QuickBooks id of the payment
        document.CustomerRef.value as customer_id,  -- Customer who paid, perhaps the parent of the one billed
        document.ARAccountRef.value as ar_account_id,  -- Accounts-receivable account that the payment settles
        document.DepositToAccountRef.value
            as deposit_to_account_id,  -- Account the money was put into; Undeposited Funds until it is deposited
        document.PaymentMethodRef.value as payment_method_id,  -- Payment method of the payment
        document.ProjectRef.value as project_id,  -- QuickBooks id of the project the payment belongs to; null without one

        document.PaymentRefNum as payment_reference,  -- Reference of the payment, such as the number of a cheque
        document.PrivateNote as private_note,  -- Private memo on the payment; QuickBooks puts "Voided" in front of it when it voids
        document.TxnSource as txn_source,  -- Program the payment came from, such as QBMobile or GoPayment; null if entered by hand

        document.CurrencyRef.value as currency,  -- Currency of the payment, ISO 4217
        document.ExchangeRate as exchange_rate,  -- Home-currency units per unit of the payment's currency; null or 1 at home
        document.TotalAmt::decimal(18, 2)
            as total_amount,  -- Amount received, in the payment's own currency; 0 where only credits are applied
        document.UnappliedAmt::decimal(18, 2) as unapplied_amount,  -- Part that is applied to nothing yet, in the payment's own currency

        document.ProcessPayment as is_processed,  -- True where a merchant service was to process the payment
        coalesce(starts_with(document.PrivateNote, 'Voided') and document.TotalAmt = 0, false)
            as is_voided,  -- True for a voided payment: its total is 0 and its note starts with "Voided"

        document.TxnDate as txn_date,  -- Date of the payment, as the company's calendar has it

        sync_token,  -- Version that QuickBooks counts up as the payment is edited; not every update does
        created_at,  -- When the payment was entered (UTC)
        last_updated_at,  -- When QuickBooks last updated the payment (UTC)
    from payments
)

select * from final
