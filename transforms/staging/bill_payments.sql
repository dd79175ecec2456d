-- Payments to vendors. One row per bill payment.
with

bill_payments as (
    select * from documents.bill_payment
),

final as (
    select
        realm_id,
        id as bill_payment_id,
        document.VendorRef.value as vendor_id,
        document.APAccountRef.value as ap_account_id,
        document.CheckPayment.BankAccountRef.value as bank_account_id,
        document.CreditCardPayment.CCAccountRef.value as credit_card_account_id,
        document.DepartmentRef.value as department_id,

        document.DocNumber as doc_number,
        document.PayType as pay_type,
        document.CheckPayment.PrintStatus as print_status,
        document.PrivateNote as private_note,

        document.CurrencyRef.value as currency,
        document.ExchangeRate as exchange_rate,
        document.TotalAmt::decimal(18, 2) as total_amount,

        coalesce(starts_with(document.PrivateNote, 'Voided') and document.TotalAmt = 0, false) as is_voided,

        document.TxnDate as txn_date,

        sync_token,
        created_at,
        last_updated_at,
    from bill_payments
)

select * from final
