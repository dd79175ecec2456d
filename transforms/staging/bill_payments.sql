-- One row per payment to a vendor.
with

bill_payments as (
    select * from documents.bill_payment
),

final as (
    select
        document.DocNumber as doc_number,  -- Number of the bill payment, at most 21 characters; need not be unique, may be null.
        document.PayType as pay_type,  -- How the bill was paid: Check or CreditCard.
        document.CheckPayment.PrintStatus as print_status,  -- Whether the cheque was printed: NotSet, NeedToPrint or PrintComplete.
        document.PrivateNote as private_note,  -- Private memo on the bill payment; begins with "Voided" once the bill payment is voided.
        document.CurrencyRef.value
            as currency,  -- Currency of the bill payment, ISO 4217; null where QuickBooks names none, which means home currency.

        document.TxnDate as txn_date,  -- Date of the bill payment, as the company's calendar has it.
        created_at,  -- When the bill payment was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the bill payment (UTC).

        coalesce(
            document.ExchangeRate,
            1
        ) as exchange_rate,  -- Home-currency units per unit of the bill payment's currency; 1 in home currency.
        document.TotalAmt::decimal(18, 2) as total_amount,  -- Amount paid, in the payment's currency.
        coalesce(starts_with(document.PrivateNote, 'Voided') and document.TotalAmt = 0, false)
            as is_voided,  -- True for a voided bill payment: its total is 0 and its note starts with "Voided".
        sync_token,  -- Number of the version, which QuickBooks counts up when the bill payment is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as bill_payment_id,  -- QuickBooks id of the bill payment.
        document.VendorRef.value as vendor_id,  -- Vendor who is paid.
        document.APAccountRef.value as ap_account_id,  -- Accounts-payable account that the payment settles.
        document.CheckPayment.BankAccountRef.value as bank_account_id,  -- Bank account of a payment by cheque; null for one by credit card.
        document.CreditCardPayment.CCAccountRef.value
            as credit_card_account_id,  -- Credit card account of a payment by card; null for one by cheque.
        document.DepartmentRef.value as department_id,  -- Department of the bill payment, called location on screen.
    from bill_payments
)

select * from final
