-- One row per bill from a vendor.
with

bills as (
    select * from documents.bill
),

final as (
    select
        document.DocNumber as doc_number,  -- Reference number of the bill, as a rule the vendor's own; need not be unique, may be null.
        document.PrivateNote as private_note,  -- Private memo on the bill; begins with "Voided" once the bill is voided.
        document.GlobalTaxCalculation
            as tax_calculation,  -- Whether amounts include tax: TaxExcluded, TaxInclusive or NotApplicable; null in the US.
        document.VendorAddr.Line1 as vendor_line1,  -- First line of the vendor's address on the bill.
        document.VendorAddr.Line2 as vendor_line2,  -- Second line of the vendor's address on the bill.
        document.VendorAddr.Line3 as vendor_line3,  -- Third line of the vendor's address on the bill.
        document.VendorAddr.Line4 as vendor_line4,  -- Fourth line of the vendor's address on the bill.
        document.VendorAddr.Line5 as vendor_line5,  -- Fifth line of the vendor's address on the bill.
        document.VendorAddr.City as vendor_city,  -- City of the vendor's address on the bill.
        document.VendorAddr.CountrySubDivisionCode as vendor_state,  -- State or province of the vendor's address on the bill.
        document.VendorAddr.PostalCode as vendor_postal_code,  -- Postal code of the vendor's address on the bill.
        document.VendorAddr.Country as vendor_country,  -- Country of the vendor's address on the bill, as QuickBooks or people wrote it.
        document.CurrencyRef.value
            as currency,  -- Currency of the bill, ISO 4217; null where QuickBooks names none, which means home currency.

        document.TxnDate as txn_date,  -- Date of the bill, as the company's calendar has it.
        document.DueDate as due_date,  -- Date the bill is to be paid.
        created_at,  -- When the bill was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the bill (UTC).

        coalesce(document.ExchangeRate, 1) as exchange_rate,  -- Home-currency units per unit of the bill's currency; 1 in home currency.
        document.TotalAmt::decimal(18, 2) as total_amount,  -- Total of the bill with tax, in the document's currency.
        try(coalesce(
            document.HomeTotalAmt,
            document.TotalAmt * coalesce(document.ExchangeRate, 1)
        )::decimal(18, 2)) as home_total_amount,  -- Total of the bill with tax, in home currency.
        document.TxnTaxDetail.TotalTax::decimal(18, 2) as tax_amount,  -- Tax on the whole bill, in the document's currency.
        document.Balance::decimal(18, 2) as balance,  -- What is still to be paid of the bill, in the document's currency; 0 once paid.
        try(coalesce(
            document.HomeBalance,
            document.Balance * coalesce(document.ExchangeRate, 1)
        )::decimal(18, 2)) as home_balance,  -- What is still to be paid of the bill, in home currency; 0 once paid.
        coalesce(starts_with(document.PrivateNote, 'Voided') and document.TotalAmt = 0, false)
            as is_voided,  -- True for a voided bill: its total is 0 and its note starts with "Voided".
        sync_token,  -- Number of the version, which QuickBooks counts up when the bill is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as bill_id,  -- QuickBooks id of the bill.
        document.VendorRef.value as vendor_id,  -- Vendor on the bill.
        document.APAccountRef.value as ap_account_id,  -- Accounts-payable account the bill posts to.
        document.SalesTermRef.value as term_id,  -- Payment terms of the bill.
        document.DepartmentRef.value as department_id,  -- Department of the bill, called location on screen.
        document.TxnTaxDetail.TxnTaxCodeRef.value as tax_code_id,  -- Tax code that the tax of the whole bill was worked out with.
        document.RecurDataRef.value as recurring_transaction_id,  -- Recurring template the bill was made from; null if entered by hand.
        document.MetaData.LastModifiedByRef.value
            as last_modified_by_id,  -- QuickBooks id of the user who last changed the bill; null where QuickBooks does not say.
    from bills
)

select * from final
