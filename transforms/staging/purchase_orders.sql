-- Purchase orders. One row per purchase order.
with

purchase_orders as (
    select * from documents.purchase_order
),

final as (
    select
        realm_id,
        id as purchase_order_id,
        document.VendorRef.value as vendor_id,
        document.APAccountRef.value as ap_account_id,
        document.SalesTermRef.value as term_id,
        document.ClassRef.value as class_id,
        document.ShipTo.value as ship_to_customer_id,
        document.DepartmentRef.value as department_id,
        document.TxnTaxDetail.TxnTaxCodeRef.value as tax_code_id,
        document.RecurDataRef.value as recurring_transaction_id,

        document.DocNumber as doc_number,
        document.POStatus as po_status,
        document.Memo as memo,
        document.POEmail.Address as po_email,
        document.PrivateNote as private_note,
        document.GlobalTaxCalculation as tax_calculation,

        document.CurrencyRef.value as currency,
        document.ExchangeRate as exchange_rate,
        document.TotalAmt::decimal(18, 2) as total_amount,
        document.HomeTotalAmt::decimal(18, 2) as home_total_amount,
        document.TxnTaxDetail.TotalTax::decimal(18, 2) as tax_amount,

        coalesce(starts_with(document.PrivateNote, 'Voided') and document.TotalAmt = 0, false) as is_voided,

        document.TxnDate as txn_date,
        document.DueDate as due_date,

        sync_token,
        created_at,
        last_updated_at,
    from purchase_orders
)

select * from final
