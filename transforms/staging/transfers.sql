-- Transfers between own accounts. One row per transfer.
with

transfers as (
    select * from documents.transfer
),

final as (
    select
        realm_id,
        id as transfer_id,
        document.FromAccountRef.value as from_account_id,
        document.ToAccountRef.value as to_account_id,

        document.PrivateNote as private_note,

        document.CurrencyRef.value as currency,
        document.ExchangeRate as exchange_rate,
        document.Amount::decimal(18, 2) as amount,

        coalesce(starts_with(document.PrivateNote, 'Voided') and document.Amount = 0, false) as is_voided,

        document.TxnDate as txn_date,

        sync_token,
        created_at,
        last_updated_at,
    from transfers
)

select * from final
