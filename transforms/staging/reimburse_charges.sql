-- Billable expenses waiting for an invoice. One row per reimburse charge.
with

reimburse_charges as (
    select * from documents.reimburse_charge
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        id as reimburse_charge_id,  -- QuickBooks id of the reimburse charge
        document.CustomerRef.value as customer_id,  -- Customer who is to be billed for the expense

        document.PrivateNote as private_note,  -- Private memo on the charge

        document.CurrencyRef.value as currency,  -- Currency of the reimburse charge, ISO 4217
        document.ExchangeRate as exchange_rate,  -- Home-currency units per unit of the reimburse charge's currency; null or 1 at home
        document.Amount::decimal(18, 2) as amount,  -- Amount to be billed, in the charge's own currency

        document.HasBeenInvoiced as is_invoiced,  -- True once an invoice has billed the charge

        document.TxnDate as txn_date,  -- Date of the reimburse charge, as the company's calendar has it

        sync_token,  -- Version that QuickBooks counts up as the reimburse charge is edited; not every update does
        created_at,  -- When the reimburse charge was entered (UTC)
        last_updated_at,  -- When QuickBooks last updated the reimburse charge (UTC)
    from reimburse_charges
)

select * from final
