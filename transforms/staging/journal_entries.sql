-- Journal entries. One row per journal entry.
with

journal_entries as (
    select * from documents.journal_entry
),

final as (
    select
        realm_id,
        id as journal_entry_id,
        document.TxnTaxDetail.TxnTaxCodeRef.value as tax_code_id,
        document.JournalCodeRef.value as journal_code_id,
        document.RecurDataRef.value as recurring_transaction_id,

        document.DocNumber as doc_number,
        document.PrivateNote as private_note,

        document.CurrencyRef.value as currency,
        document.ExchangeRate as exchange_rate,
        document.TotalAmt::decimal(18, 2) as total_amount,
        document.HomeTotalAmt::decimal(18, 2) as home_total_amount,

        document.Adjustment as is_adjustment,
        coalesce(
            starts_with(document.PrivateNote, 'Voided')
            and coalesce(list_max(list_transform(document.Line, lambda line: abs(line.Amount))), 0) = 0,
            false
        ) as is_voided,

        document.TxnDate as txn_date,

        sync_token,
        created_at,
        last_updated_at,
    from journal_entries
)

select * from final
