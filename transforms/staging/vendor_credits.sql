-- One row per vendor credit.
with

vendor_credits as (
    select * from documents.vendor_credit
),

final as (
    select
        document.DocNumber as doc_number,  -- Reference number of the credit, as a rule the vendor's own; need not be unique, may be null.
        document.PrivateNote as private_note,  -- Private memo on the vendor credit; begins with "Voided" once the vendor credit is voided.
        document.GlobalTaxCalculation
            as tax_calculation,  -- Whether amounts include tax: TaxExcluded, TaxInclusive or NotApplicable; null in the US.
        document.CurrencyRef.value
            as currency,  -- Currency of the vendor credit, ISO 4217; null where QuickBooks names none, which means home currency.

        document.TxnDate as txn_date,  -- Date of the vendor credit, as the company's calendar has it.
        created_at,  -- When the vendor credit was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the vendor credit (UTC).

        coalesce(
            document.ExchangeRate,
            1
        ) as exchange_rate,  -- Home-currency units per unit of the vendor credit's currency; 1 in home currency.
        document.TotalAmt::decimal(18, 2) as total_amount,  -- Total credited with tax, in the vendor credit's currency; positive.
        try(coalesce(
            document.HomeTotalAmt,
            document.TotalAmt * coalesce(document.ExchangeRate, 1)
        )::decimal(18, 2)) as home_total_amount,  -- Total of the vendor credit with tax, in home currency.
        document.TxnTaxDetail.TotalTax::decimal(18, 2) as tax_amount,  -- Tax on the whole vendor credit, in the document's currency.
        document.Balance::decimal(18, 2) as balance,  -- Credit that is still open, in the vendor credit's currency; 0 once applied.
        try(coalesce(
            document.HomeBalance,
            document.Balance * coalesce(document.ExchangeRate, 1)
        )::decimal(18, 2)) as home_balance,  -- Credit that is still open, in home currency; 0 once applied.
        coalesce(starts_with(document.PrivateNote, 'Voided') and document.TotalAmt = 0, false)
            as is_voided,  -- True for a voided vendor credit: its total is 0 and its note starts with "Voided".
        sync_token,  -- Number of the version, which QuickBooks counts up when the vendor credit is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as vendor_credit_id,  -- QuickBooks id of the vendor credit.
        document.VendorRef.value as vendor_id,  -- Vendor on the vendor credit.
        document.APAccountRef.value as ap_account_id,  -- Accounts-payable account the vendor credit posts to.
        document.DepartmentRef.value as department_id,  -- Department of the vendor credit, called location on screen.
        document.TxnTaxDetail.TxnTaxCodeRef.value as tax_code_id,  -- Tax code that the tax of the whole vendor credit was worked out with.
        document.RecurDataRef.value
            as recurring_transaction_id,  -- Recurring template the vendor credit was made from; null if entered by hand.
    from vendor_credits
)

select * from final
