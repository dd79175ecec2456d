-- One row per purchase: a cheque, card charge or cash expense.
with

purchases as (
    select * from documents.purchase
),

final as (
    select
        document.EntityRef.type as entity_type,  -- Type of the payee: Vendor, Customer or Employee; null without one.
        document.DocNumber as doc_number,  -- Number of the purchase, at most 21 characters; need not be unique, may be null.
        document.PaymentType as payment_type,  -- How the purchase was paid: Cash, Check or CreditCard.
        document.PurchaseEx.any[1].value.Value
            as txn_type_code,  -- Number by which QuickBooks tells what kind of transaction the purchase is, such as 3 for a cheque.
        document.PaymentRefNum as payment_reference,  -- Reference of the payment, such as the number of a cheque.
        document.PrintStatus as print_status,  -- Whether the cheque was printed: NotSet, NeedToPrint or PrintComplete.
        document.PrivateNote as private_note,  -- Private memo on the purchase; begins with "Voided" once the purchase is voided.
        document.GlobalTaxCalculation
            as tax_calculation,  -- Whether amounts include tax: TaxExcluded, TaxInclusive or NotApplicable; null in the US.
        document.RemitToAddr.Line1 as remit_to_line1,  -- First line of the address the payment is sent to.
        document.RemitToAddr.Line2 as remit_to_line2,  -- Second line of the address the payment is sent to.
        document.RemitToAddr.Line3 as remit_to_line3,  -- Third line of the address the payment is sent to.
        document.RemitToAddr.Line4 as remit_to_line4,  -- Fourth line of the address the payment is sent to.
        document.RemitToAddr.Line5 as remit_to_line5,  -- Fifth line of the address the payment is sent to.
        document.RemitToAddr.City as remit_to_city,  -- City of the address the payment is sent to.
        document.RemitToAddr.CountrySubDivisionCode as remit_to_state,  -- State or province of the address the payment is sent to.
        document.RemitToAddr.PostalCode as remit_to_postal_code,  -- Postal code of the address the payment is sent to.
        document.RemitToAddr.Country
            as remit_to_country,  -- Country of the address the payment is sent to, as QuickBooks or people wrote it.
        document.CurrencyRef.value
            as currency,  -- Currency of the purchase, ISO 4217; null where QuickBooks names none, which means home currency.

        document.TxnDate as txn_date,  -- Date of the purchase, as the company's calendar has it.
        created_at,  -- When the purchase was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the purchase (UTC).

        coalesce(
            document.ExchangeRate,
            1
        ) as exchange_rate,  -- Home-currency units per unit of the purchase's currency; 1 in home currency.
        document.TotalAmt::decimal(18, 2) as total_amount,  -- Total of the purchase with tax, in the document's currency.
        try(coalesce(
            document.HomeTotalAmt,
            document.TotalAmt * coalesce(document.ExchangeRate, 1)
        )::decimal(18, 2)) as home_total_amount,  -- Total of the purchase with tax, in home currency.
        document.TxnTaxDetail.TotalTax::decimal(18, 2) as tax_amount,  -- Tax on the whole purchase, in the document's currency.
        document.Credit as is_credit,  -- True for a credit on a card, which brings money back; null or false for an expense.
        coalesce(starts_with(document.PrivateNote, 'Voided') and document.TotalAmt = 0, false)
            as is_voided,  -- True for a voided purchase: its total is 0 and its note starts with "Voided".
        sync_token,  -- Number of the version, which QuickBooks counts up when the purchase is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as purchase_id,  -- QuickBooks id of the purchase.
        document.AccountRef.value as account_id,  -- Bank or credit card account the money came out of.
        document.EntityRef.value as entity_id,  -- Vendor, customer or employee who was paid; null without one.
        document.PaymentMethodRef.value as payment_method_id,  -- Payment method of the purchase.
        document.DepartmentRef.value as department_id,  -- Department of the purchase, called location on screen.
        document.TxnTaxDetail.TxnTaxCodeRef.value as tax_code_id,  -- Tax code that the tax of the whole purchase was worked out with.
        document.RecurDataRef.value as recurring_transaction_id,  -- Recurring template the purchase was made from; null if entered by hand.
        document.MetaData.LastModifiedByRef.value
            as last_modified_by_id,  -- QuickBooks id of the user who last changed the purchase; null where QuickBooks does not say.
    from purchases
)

select * from final
