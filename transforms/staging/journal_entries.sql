-- One row per journal entry.
with

journal_entries as (
    select * from documents.journal_entry
),

final as (
    select
        document.DocNumber as doc_number,  -- Number of the journal entry, at most 21 characters; need not be unique, may be null.
        document.PrivateNote as private_note,  -- Private memo on the journal entry; begins with "Voided" once the journal entry is voided.
        document.CurrencyRef.value
            as currency,  -- Currency of the journal entry, ISO 4217; null where QuickBooks names none, which means home currency.

        document.TxnDate as txn_date,  -- Date of the journal entry, as the company's calendar has it.
        created_at,  -- When the journal entry was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the journal entry (UTC).

        coalesce(
            document.ExchangeRate,
            1
        ) as exchange_rate,  -- Home-currency units per unit of the journal entry's currency; 1 in home currency.
        document.TotalAmt::decimal(18, 2)
            as total_amount,  -- Total QuickBooks states on the journal entry, in the document's currency; always 0.
        try(coalesce(
            document.HomeTotalAmt,
            document.TotalAmt * coalesce(document.ExchangeRate, 1)
        )::decimal(18, 2)) as home_total_amount,  -- Total QuickBooks states on the journal entry, in home currency; always 0.
        document.Adjustment as is_adjustment,  -- True for an adjusting entry, made after the fact.
        coalesce(
            starts_with(document.PrivateNote, 'Voided')
            and coalesce(list_max(list_transform(document.Line, lambda line: abs(line.Amount))), 0) = 0,
            false
        ) as is_voided,  -- True for a voided entry: all lines are 0 and its note starts with "Voided".
        sync_token,  -- Number of the version, which QuickBooks counts up when the journal entry is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as journal_entry_id,  -- QuickBooks id of the journal entry.
        document.TxnTaxDetail.TxnTaxCodeRef.value as tax_code_id,  -- Tax code that the tax of the whole journal entry was worked out with.
        document.JournalCodeRef.value as journal_code_id,  -- Journal code of the entry; in France.
        document.RecurDataRef.value
            as recurring_transaction_id,  -- Recurring template the journal entry was made from; null if entered by hand.
    from journal_entries
)

select * from final
