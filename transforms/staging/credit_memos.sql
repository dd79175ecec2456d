-- One row per credit memo.
with

credit_memos as (
    select * from documents.credit_memo
),

final as (
    select
        document.DocNumber as doc_number,  -- Number of the credit memo, at most 21 characters; need not be unique, may be null.
        document.PrivateNote as private_note,  -- Private memo on the credit memo; begins with "Voided" once the credit memo is voided.
        document.CustomerMemo.value as customer_memo,  -- Message to the customer, printed on the credit memo.
        document.BillEmail.Address as bill_email,  -- E-mail address the credit memo is sent to; may hold several, separated by commas.
        document.EmailStatus as email_status,  -- Whether the credit memo was e-mailed: NotSet, NeedToSend or EmailSent.
        document.PrintStatus as print_status,  -- Whether the credit memo was printed: NotSet, NeedToPrint or PrintComplete.
        document.GlobalTaxCalculation
            as tax_calculation,  -- Whether amounts include tax: TaxExcluded, TaxInclusive or NotApplicable; null in the US.
        document.BillAddr.Line1 as billing_line1,  -- First line of the address the credit memo is billed to.
        document.BillAddr.Line2 as billing_line2,  -- Second line of the address the credit memo is billed to.
        document.BillAddr.Line3 as billing_line3,  -- Third line of the address the credit memo is billed to.
        document.BillAddr.Line4 as billing_line4,  -- Fourth line of the address the credit memo is billed to.
        document.BillAddr.Line5 as billing_line5,  -- Fifth line of the address the credit memo is billed to.
        document.BillAddr.City as billing_city,  -- City of the address the credit memo is billed to.
        document.BillAddr.CountrySubDivisionCode as billing_state,  -- State or province of the address the credit memo is billed to.
        document.BillAddr.PostalCode as billing_postal_code,  -- Postal code of the address the credit memo is billed to.
        document.BillAddr.Country
            as billing_country,  -- Country of the address the credit memo is billed to, as QuickBooks or people wrote it.
        document.ShipAddr.Line1 as shipping_line1,  -- First line of the address the credit memo is shipped to.
        document.ShipAddr.Line2 as shipping_line2,  -- Second line of the address the credit memo is shipped to.
        document.ShipAddr.Line3 as shipping_line3,  -- Third line of the address the credit memo is shipped to.
        document.ShipAddr.Line4 as shipping_line4,  -- Fourth line of the address the credit memo is shipped to.
        document.ShipAddr.Line5 as shipping_line5,  -- Fifth line of the address the credit memo is shipped to.
        document.ShipAddr.City as shipping_city,  -- City of the address the credit memo is shipped to.
        document.ShipAddr.CountrySubDivisionCode as shipping_state,  -- State or province of the address the credit memo is shipped to.
        document.ShipAddr.PostalCode as shipping_postal_code,  -- Postal code of the address the credit memo is shipped to.
        document.ShipAddr.Country
            as shipping_country,  -- Country of the address the credit memo is shipped to, as QuickBooks or people wrote it.
        document.ShipFromAddr.Line1 as ship_from_line1,  -- First line of the address the credit memo is shipped from.
        document.ShipFromAddr.Line2 as ship_from_line2,  -- Second line of the address the credit memo is shipped from.
        document.ShipFromAddr.Line3 as ship_from_line3,  -- Third line of the address the credit memo is shipped from.
        document.ShipFromAddr.Line4 as ship_from_line4,  -- Fourth line of the address the credit memo is shipped from.
        document.ShipFromAddr.Line5 as ship_from_line5,  -- Fifth line of the address the credit memo is shipped from.
        document.ShipFromAddr.City as ship_from_city,  -- City of the address the credit memo is shipped from.
        document.ShipFromAddr.CountrySubDivisionCode
            as ship_from_state,  -- State or province of the address the credit memo is shipped from.
        document.ShipFromAddr.PostalCode as ship_from_postal_code,  -- Postal code of the address the credit memo is shipped from.
        document.ShipFromAddr.Country
            as ship_from_country,  -- Country of the address the credit memo is shipped from, as QuickBooks or people wrote it.
        document.CurrencyRef.value
            as currency,  -- Currency of the credit memo, ISO 4217; null where QuickBooks names none, which means home currency.

        document.TxnDate as txn_date,  -- Date of the credit memo, as the company's calendar has it.
        document.DueDate as due_date,  -- Date the credit memo is due.
        document.DeliveryInfo.DeliveryTime as delivered_at,  -- When the credit memo was last delivered by e-mail (UTC); null before.
        created_at,  -- When the credit memo was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the credit memo (UTC).

        coalesce(
            document.ExchangeRate,
            1
        ) as exchange_rate,  -- Home-currency units per unit of the credit memo's currency; 1 in home currency.
        document.TotalAmt::decimal(18, 2) as total_amount,  -- Total credited with tax, in the credit memo's currency; positive.
        try(coalesce(
            document.HomeTotalAmt,
            document.TotalAmt * coalesce(document.ExchangeRate, 1)
        )::decimal(18, 2)) as home_total_amount,  -- Total of the credit memo with tax, in home currency.
        document.TxnTaxDetail.TotalTax::decimal(18, 2) as tax_amount,  -- Tax on the whole credit memo, in the document's currency.
        document.RemainingCredit::decimal(18, 2) as remaining_credit,  -- Credit that is not applied yet, in the credit memo's currency.
        document.Balance::decimal(18, 2) as balance,  -- Credit that is still open, in the credit memo's currency; 0 once applied.
        try(coalesce(
            document.HomeBalance,
            document.Balance * coalesce(document.ExchangeRate, 1)
        )::decimal(18, 2)) as home_balance,  -- Credit that is still open, in home currency; 0 once applied.
        document.ApplyTaxAfterDiscount
            as is_tax_after_discount,  -- True when the discount on the credit memo is subtracted before tax is worked out.
        coalesce(starts_with(document.PrivateNote, 'Voided') and document.TotalAmt = 0, false)
            as is_voided,  -- True for a voided credit memo: its total is 0 and its note starts with "Voided".
        sync_token,  -- Number of the version, which QuickBooks counts up when the credit memo is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as credit_memo_id,  -- QuickBooks id of the credit memo.
        document.CustomerRef.value as customer_id,  -- Customer on the credit memo; a job or project is a customer of its own.
        document.SalesTermRef.value as term_id,  -- Payment terms of the credit memo.
        document.ClassRef.value as class_id,  -- Class of the whole credit memo; null where lines have their own or classes are not used.
        document.DepartmentRef.value as department_id,  -- Department of the credit memo, called location on screen.
        document.ProjectRef.value as project_id,  -- QuickBooks id of the project the credit memo belongs to; null without one.
        document.TxnTaxDetail.TxnTaxCodeRef.value as tax_code_id,  -- Tax code that the tax of the whole credit memo was worked out with.
        document.RecurDataRef.value
            as recurring_transaction_id,  -- Recurring template the credit memo was made from; null if entered by hand.
        document.MetaData.LastModifiedByRef.value
            as last_modified_by_id,  -- QuickBooks id of the user who last changed the credit memo; null where QuickBooks does not say.
    from credit_memos
)

select * from final
