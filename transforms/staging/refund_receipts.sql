-- Refund receipts. One row per refund receipt.
with

refund_receipts as (
    select * from documents.refund_receipt
),

final as (
    select
        realm_id,
        id as refund_receipt_id,
        document.CustomerRef.value as customer_id,
        document.SalesTermRef.value as term_id,
        document.ClassRef.value as class_id,
        document.DepartmentRef.value as department_id,
        document.ProjectRef.value as project_id,
        document.TxnTaxDetail.TxnTaxCodeRef.value as tax_code_id,
        document.RecurDataRef.value as recurring_transaction_id,
        document.DepositToAccountRef.value as deposit_to_account_id,
        document.PaymentMethodRef.value as payment_method_id,

        document.DocNumber as doc_number,
        document.PaymentRefNum as payment_reference,
        document.PaymentType as payment_type,
        document.PrivateNote as private_note,
        document.CustomerMemo.value as customer_memo,
        document.BillEmail.Address as bill_email,
        document.EmailStatus as email_status,
        document.PrintStatus as print_status,
        document.GlobalTaxCalculation as tax_calculation,

        document.BillAddr.Line1 as billing_line1,
        document.BillAddr.Line2 as billing_line2,
        document.BillAddr.Line3 as billing_line3,
        document.BillAddr.Line4 as billing_line4,
        document.BillAddr.Line5 as billing_line5,
        document.BillAddr.City as billing_city,
        document.BillAddr.CountrySubDivisionCode as billing_state,
        document.BillAddr.PostalCode as billing_postal_code,
        document.BillAddr.Country as billing_country,

        document.ShipAddr.Line1 as shipping_line1,
        document.ShipAddr.Line2 as shipping_line2,
        document.ShipAddr.Line3 as shipping_line3,
        document.ShipAddr.Line4 as shipping_line4,
        document.ShipAddr.Line5 as shipping_line5,
        document.ShipAddr.City as shipping_city,
        document.ShipAddr.CountrySubDivisionCode as shipping_state,
        document.ShipAddr.PostalCode as shipping_postal_code,
        document.ShipAddr.Country as shipping_country,

        document.CurrencyRef.value as currency,
        document.ExchangeRate as exchange_rate,
        document.TotalAmt::decimal(18, 2) as total_amount,
        document.HomeTotalAmt::decimal(18, 2) as home_total_amount,
        document.TxnTaxDetail.TotalTax::decimal(18, 2) as tax_amount,
        document.Balance::decimal(18, 2) as balance,
        document.HomeBalance::decimal(18, 2) as home_balance,

        document.ApplyTaxAfterDiscount as is_tax_after_discount,
        coalesce(starts_with(document.PrivateNote, 'Voided') and document.TotalAmt = 0, false) as is_voided,

        document.TxnDate as txn_date,
        document.DeliveryInfo.DeliveryTime as delivered_at,

        sync_token,
        created_at,
        last_updated_at,
    from refund_receipts
)

select * from final
