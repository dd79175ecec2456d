-- One row per transfer between two accounts of the company.
with

transfers as (
    select * from documents.transfer
),

final as (
    select
        document.PrivateNote as private_note,  -- Private memo on the transfer; begins with "Voided" once the transfer is voided.
        document.CurrencyRef.value
            as currency,  -- Currency of the transfer, ISO 4217; null where QuickBooks names none, which means home currency.

        document.TxnDate as txn_date,  -- Date of the transfer, as the company's calendar has it.
        created_at,  -- When the transfer was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the transfer (UTC).

        coalesce(
            document.ExchangeRate,
            1
        ) as exchange_rate,  -- Home-currency units per unit of the transfer's currency; 1 in home currency.
        document.Amount::decimal(18, 2) as amount,  -- Amount moved, in the transfer's currency.
        coalesce(starts_with(document.PrivateNote, 'Voided') and document.Amount = 0, false)
            as is_voided,  -- True for a voided transfer: its amount is 0 and its note starts with "Voided".
        sync_token,  -- Number of the version, which QuickBooks counts up when the transfer is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as transfer_id,  -- QuickBooks id of the transfer.
        document.FromAccountRef.value as from_account_id,  -- Account the money left.
        document.ToAccountRef.value as to_account_id,  -- Account the money went to.
    from transfers
)

select * from final
