-- One row per refund receipt.
with

refund_receipts as (
    select * from documents.refund_receipt
),

final as (
    select
        document.DocNumber as doc_number,  -- Number of the refund receipt, at most 21 characters; need not be unique, may be null.
        document.PaymentRefNum as payment_reference,  -- Reference of the refund, such as the number of a cheque.
        document.PaymentType as payment_type,  -- How the money was paid back: Cash, Check, CreditCard or Other.
        document.PrivateNote
            as private_note,  -- Private memo on the refund receipt; begins with "Voided" once the refund receipt is voided.
        document.CustomerMemo.value as customer_memo,  -- Message to the customer, printed on the refund receipt.
        document.BillEmail.Address as bill_email,  -- E-mail address the refund receipt is sent to; may hold several, separated by commas.
        document.EmailStatus as email_status,  -- Whether the refund receipt was e-mailed: NotSet, NeedToSend or EmailSent.
        document.PrintStatus as print_status,  -- Whether the refund receipt was printed: NotSet, NeedToPrint or PrintComplete.
        document.GlobalTaxCalculation
            as tax_calculation,  -- Whether amounts include tax: TaxExcluded, TaxInclusive or NotApplicable; null in the US.
        document.BillAddr.Line1 as billing_line1,  -- First line of the address the refund receipt is billed to.
        document.BillAddr.Line2 as billing_line2,  -- Second line of the address the refund receipt is billed to.
        document.BillAddr.Line3 as billing_line3,  -- Third line of the address the refund receipt is billed to.
        document.BillAddr.Line4 as billing_line4,  -- Fourth line of the address the refund receipt is billed to.
        document.BillAddr.Line5 as billing_line5,  -- Fifth line of the address the refund receipt is billed to.
        document.BillAddr.City as billing_city,  -- City of the address the refund receipt is billed to.
        document.BillAddr.CountrySubDivisionCode as billing_state,  -- State or province of the address the refund receipt is billed to.
        document.BillAddr.PostalCode as billing_postal_code,  -- Postal code of the address the refund receipt is billed to.
        document.BillAddr.Country
            as billing_country,  -- Country of the address the refund receipt is billed to, as QuickBooks or people wrote it.
        document.ShipAddr.Line1 as shipping_line1,  -- First line of the address the refund receipt is shipped to.
        document.ShipAddr.Line2 as shipping_line2,  -- Second line of the address the refund receipt is shipped to.
        document.ShipAddr.Line3 as shipping_line3,  -- Third line of the address the refund receipt is shipped to.
        document.ShipAddr.Line4 as shipping_line4,  -- Fourth line of the address the refund receipt is shipped to.
        document.ShipAddr.Line5 as shipping_line5,  -- Fifth line of the address the refund receipt is shipped to.
        document.ShipAddr.City as shipping_city,  -- City of the address the refund receipt is shipped to.
        document.ShipAddr.CountrySubDivisionCode as shipping_state,  -- State or province of the address the refund receipt is shipped to.
        document.ShipAddr.PostalCode as shipping_postal_code,  -- Postal code of the address the refund receipt is shipped to.
        document.ShipAddr.Country
            as shipping_country,  -- Country of the address the refund receipt is shipped to, as QuickBooks or people wrote it.
        document.ShipFromAddr.Line1 as ship_from_line1,  -- First line of the address the refund receipt is shipped from.
        document.ShipFromAddr.Line2 as ship_from_line2,  -- Second line of the address the refund receipt is shipped from.
        document.ShipFromAddr.Line3 as ship_from_line3,  -- Third line of the address the refund receipt is shipped from.
        document.ShipFromAddr.Line4 as ship_from_line4,  -- Fourth line of the address the refund receipt is shipped from.
        document.ShipFromAddr.Line5 as ship_from_line5,  -- Fifth line of the address the refund receipt is shipped from.
        document.ShipFromAddr.City as ship_from_city,  -- City of the address the refund receipt is shipped from.
        document.ShipFromAddr.CountrySubDivisionCode
            as ship_from_state,  -- State or province of the address the refund receipt is shipped from.
        document.ShipFromAddr.PostalCode as ship_from_postal_code,  -- Postal code of the address the refund receipt is shipped from.
        document.ShipFromAddr.Country
            as ship_from_country,  -- Country of the address the refund receipt is shipped from, as QuickBooks or people wrote it.
        document.CurrencyRef.value
            as currency,  -- Currency of the refund receipt, ISO 4217; null where QuickBooks names none, which means home currency.

        document.TxnDate as txn_date,  -- Date of the refund receipt, as the company's calendar has it.
        document.DeliveryInfo.DeliveryTime as delivered_at,  -- When the refund receipt was last delivered by e-mail (UTC); null before.
        created_at,  -- When the refund receipt was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the refund receipt (UTC).

        coalesce(
            document.ExchangeRate,
            1
        ) as exchange_rate,  -- Home-currency units per unit of the refund receipt's currency; 1 in home currency.
        document.TotalAmt::decimal(18, 2) as total_amount,  -- Total paid back with tax, in the refund receipt's currency; positive.
        try(coalesce(
            document.HomeTotalAmt,
            document.TotalAmt * coalesce(document.ExchangeRate, 1)
        )::decimal(18, 2)) as home_total_amount,  -- Total of the refund receipt with tax, in home currency.
        document.TxnTaxDetail.TotalTax::decimal(18, 2) as tax_amount,  -- Tax on the whole refund receipt, in the document's currency.
        document.Balance::decimal(18, 2)
            as balance,  -- Open balance of the refund receipt, in the document's currency; 0, since it is paid at once.
        try(coalesce(
            document.HomeBalance,
            document.Balance * coalesce(document.ExchangeRate, 1)
        )::decimal(18, 2)) as home_balance,  -- Open balance of the refund receipt in home currency; 0, since it is paid at once.
        document.ApplyTaxAfterDiscount
            as is_tax_after_discount,  -- True when the discount on the refund receipt is subtracted before tax is worked out.
        coalesce(starts_with(document.PrivateNote, 'Voided') and document.TotalAmt = 0, false)
            as is_voided,  -- True for a voided refund receipt: its total is 0 and its note starts with "Voided".
        sync_token,  -- Number of the version, which QuickBooks counts up when the refund receipt is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as refund_receipt_id,  -- QuickBooks id of the refund receipt.
        document.CustomerRef.value as customer_id,  -- Customer on the refund receipt; a job or project is a customer of its own.
        document.SalesTermRef.value as term_id,  -- Payment terms of the refund receipt.
        document.ClassRef.value as class_id,  -- Class of the whole refund receipt; null where lines have their own or classes are not used.
        document.DepartmentRef.value as department_id,  -- Department of the refund receipt, called location on screen.
        document.ProjectRef.value as project_id,  -- QuickBooks id of the project the refund receipt belongs to; null without one.
        document.TxnTaxDetail.TxnTaxCodeRef.value as tax_code_id,  -- Tax code that the tax of the whole refund receipt was worked out with.
        document.RecurDataRef.value
            as recurring_transaction_id,  -- Recurring template the refund receipt was made from; null if entered by hand.
        document.MetaData.LastModifiedByRef.value
            as last_modified_by_id,  -- QuickBooks id of the user who last changed the refund receipt; null where QuickBooks does not say.
        document.DepositToAccountRef.value as deposit_to_account_id,  -- Account the money was paid back out of.
        document.PaymentMethodRef.value as payment_method_id,  -- Payment method of the refund receipt.
    from refund_receipts
)

select * from final
