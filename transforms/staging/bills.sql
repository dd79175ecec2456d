-- Bills from vendors. One row per bill.
with

bills as (
    select * from documents.bill
),

final as (
    select
        realm_id,
        id as bill_id,
        document.VendorRef.value as vendor_id,
        document.APAccountRef.value as ap_account_id,
        document.SalesTermRef.value as term_id,
        document.DepartmentRef.value as department_id,
        document.TxnTaxDetail.TxnTaxCodeRef.value as tax_code_id,
        document.RecurDataRef.value as recurring_transaction_id,

        document.DocNumber as doc_number,
        document.PrivateNote as private_note,
        document.GlobalTaxCalculation as tax_calculation,

        document.CurrencyRef.value as currency,
        document.ExchangeRate as exchange_rate,
        document.TotalAmt::decimal(18, 2) as total_amount,
        document.HomeTotalAmt::decimal(18, 2) as home_total_amount,
        document.TxnTaxDetail.TotalTax::decimal(18, 2) as tax_amount,
        document.Balance::decimal(18, 2) as balance,
        document.HomeBalance::decimal(18, 2) as home_balance,

        coalesce(starts_with(document.PrivateNote, 'Voided') and document.TotalAmt = 0, false) as is_voided,

        document.TxnDate as txn_date,
        document.DueDate as due_date,

        sync_token,
        created_at,
        last_updated_at,
    from bills
)

select * from final
