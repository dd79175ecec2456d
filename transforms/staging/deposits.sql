-- One row per bank deposit.
with

deposits as (
    select * from documents.deposit
),

final as (
    select
        document.DocNumber as doc_number,  -- Number of the deposit, at most 21 characters; need not be unique, may be null.
        document.PrivateNote as private_note,  -- Private memo on the deposit; begins with "Voided" once the deposit is voided.
        document.CashBack.Memo as cash_back_memo,  -- Memo on the cash that was kept back.
        document.CurrencyRef.value
            as currency,  -- Currency of the deposit, ISO 4217; null where QuickBooks names none, which means home currency.

        document.TxnDate as txn_date,  -- Date of the deposit, as the company's calendar has it.
        created_at,  -- When the deposit was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the deposit (UTC).

        coalesce(document.ExchangeRate, 1) as exchange_rate,  -- Home-currency units per unit of the deposit's currency; 1 in home currency.
        document.TotalAmt::decimal(18, 2) as total_amount,  -- Total of the deposit, in the document's currency.
        try(coalesce(
            document.HomeTotalAmt,
            document.TotalAmt * coalesce(document.ExchangeRate, 1)
        )::decimal(18, 2)) as home_total_amount,  -- Total of the deposit with tax, in home currency.
        document.CashBack.Amount::decimal(18, 2) as cash_back_amount,  -- Cash that was kept back, in the deposit's currency.
        document.TxnTaxDetail.TotalTax::decimal(18, 2) as tax_amount,  -- Tax on the whole deposit, in the document's currency.
        coalesce(starts_with(document.PrivateNote, 'Voided') and document.TotalAmt = 0, false)
            as is_voided,  -- True for a voided deposit: its total is 0 and its note starts with "Voided".
        sync_token,  -- Number of the version, which QuickBooks counts up when the deposit is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as deposit_id,  -- QuickBooks id of the deposit.
        document.DepositToAccountRef.value as deposit_to_account_id,  -- Bank account the money was deposited to.
        document.CashBack.AccountRef.value as cash_back_account_id,  -- Account of the cash that was kept back; null without any.
        document.DepartmentRef.value as department_id,  -- Department of the deposit, called location on screen.
        document.TxnTaxDetail.TxnTaxCodeRef.value as tax_code_id,  -- Tax code that the tax of the whole deposit was worked out with.
        document.RecurDataRef.value as recurring_transaction_id,  -- Recurring template the deposit was made from; null if entered by hand.
    from deposits
)

select * from final
