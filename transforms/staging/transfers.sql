-- Transfers between own accounts. One row per transfer.
with

transfers as (
    select * from documents.transfer
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        id as transfer_id,  -- QuickBooks id of the transfer
        document.FromAccountRef.value as from_account_id,  -- Account the money left
        document.ToAccountRef.value as to_account_id,  -- Account the money went to

        document.PrivateNote as private_note,  -- Private memo on the transfer; QuickBooks puts "Voided" in front of it when it voids

        document.CurrencyRef.value as currency,  -- Currency of the transfer, ISO 4217
        document.ExchangeRate as exchange_rate,  -- Home-currency units per unit of the transfer's currency; null or 1 at home
        document.Amount::decimal(18, 2) as amount,  -- Amount moved, in the transfer's own currency

        coalesce(starts_with(document.PrivateNote, 'Voided') and document.Amount = 0, false)
            as is_voided,  -- True for a voided transfer: its amount is 0 and its note starts with "Voided"

        document.TxnDate as txn_date,  -- Date of the transfer, as the company's calendar has it

        sync_token,  -- Version that QuickBooks counts up as the transfer is edited; not every update does
        created_at,  -- When the transfer was entered (UTC)
        last_updated_at,  -- When QuickBooks last updated the transfer (UTC)
    from transfers
)

select * from final
