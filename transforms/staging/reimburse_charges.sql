-- One row per reimburse charge: a billable expense waiting for an invoice.
with

reimburse_charges as (
    select * from documents.reimburse_charge
),

final as (
    select
        document.PrivateNote as private_note,  -- Private memo on the charge.
        document.CurrencyRef.value
            as currency,  -- Currency of the reimburse charge, ISO 4217; null where QuickBooks names none, which means home currency.

        document.TxnDate as txn_date,  -- Date of the reimburse charge, as the company's calendar has it.
        created_at,  -- When the reimburse charge was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the reimburse charge (UTC).

        coalesce(
            document.ExchangeRate,
            1
        ) as exchange_rate,  -- Home-currency units per unit of the reimburse charge's currency; 1 in home currency.
        document.Amount::decimal(18, 2) as amount,  -- Amount to be billed, in the charge's currency.
        document.HasBeenInvoiced as is_invoiced,  -- True once an invoice has billed the charge.
        sync_token,  -- Number of the version, which QuickBooks counts up when the reimburse charge is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as reimburse_charge_id,  -- QuickBooks id of the reimburse charge.
        document.CustomerRef.value as customer_id,  -- Customer who is to be billed for the expense.
    from reimburse_charges
)

select * from final
