-- Billable expenses waiting for an invoice. One row per reimburse charge.
with

reimburse_charges as (
    select * from documents.reimburse_charge
),

final as (
    select
        realm_id,
        id as reimburse_charge_id,
        document.CustomerRef.value as customer_id,

        document.PrivateNote as private_note,

        document.CurrencyRef.value as currency,
        document.ExchangeRate as exchange_rate,
        document.Amount::decimal(18, 2) as amount,

        document.HasBeenInvoiced as is_invoiced,

        document.TxnDate as txn_date,

        sync_token,
        created_at,
        last_updated_at,
    from reimburse_charges
)

select * from final
