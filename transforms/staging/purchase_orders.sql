-- One row per purchase order.
with

purchase_orders as (
    select * from documents.purchase_order
),

final as (
    select
        document.DocNumber as doc_number,  -- Number of the purchase order, at most 21 characters; need not be unique, may be null.
        document.POStatus as po_status,  -- Status of the purchase order: Open or Closed.
        document.Memo as memo,  -- Message to the vendor on the purchase order.
        document.POEmail.Address as po_email,  -- E-mail address the purchase order is sent to.
        document.EmailStatus as email_status,  -- Whether the purchase order was e-mailed: NotSet, NeedToSend or EmailSent.
        document.PrivateNote
            as private_note,  -- Private memo on the purchase order; begins with "Voided" once the purchase order is voided.
        document.GlobalTaxCalculation
            as tax_calculation,  -- Whether amounts include tax: TaxExcluded, TaxInclusive or NotApplicable; null in the US.
        document.VendorAddr.Line1 as vendor_line1,  -- First line of the vendor's address on the purchase order.
        document.VendorAddr.Line2 as vendor_line2,  -- Second line of the vendor's address on the purchase order.
        document.VendorAddr.Line3 as vendor_line3,  -- Third line of the vendor's address on the purchase order.
        document.VendorAddr.Line4 as vendor_line4,  -- Fourth line of the vendor's address on the purchase order.
        document.VendorAddr.Line5 as vendor_line5,  -- Fifth line of the vendor's address on the purchase order.
        document.VendorAddr.City as vendor_city,  -- City of the vendor's address on the purchase order.
        document.VendorAddr.CountrySubDivisionCode as vendor_state,  -- State or province of the vendor's address on the purchase order.
        document.VendorAddr.PostalCode as vendor_postal_code,  -- Postal code of the vendor's address on the purchase order.
        document.VendorAddr.Country
            as vendor_country,  -- Country of the vendor's address on the purchase order, as QuickBooks or people wrote it.
        document.ShipAddr.Line1 as shipping_line1,  -- First line of the address the purchase order is shipped to.
        document.ShipAddr.Line2 as shipping_line2,  -- Second line of the address the purchase order is shipped to.
        document.ShipAddr.Line3 as shipping_line3,  -- Third line of the address the purchase order is shipped to.
        document.ShipAddr.Line4 as shipping_line4,  -- Fourth line of the address the purchase order is shipped to.
        document.ShipAddr.Line5 as shipping_line5,  -- Fifth line of the address the purchase order is shipped to.
        document.ShipAddr.City as shipping_city,  -- City of the address the purchase order is shipped to.
        document.ShipAddr.CountrySubDivisionCode as shipping_state,  -- State or province of the address the purchase order is shipped to.
        document.ShipAddr.PostalCode as shipping_postal_code,  -- Postal code of the address the purchase order is shipped to.
        document.ShipAddr.Country
            as shipping_country,  -- Country of the address the purchase order is shipped to, as QuickBooks or people wrote it.
        document.CurrencyRef.value
            as currency,  -- Currency of the purchase order, ISO 4217; null where QuickBooks names none, which means home currency.

        document.TxnDate as txn_date,  -- Date of the purchase order, as the company's calendar has it.
        document.DueDate as due_date,  -- Date the purchase order is due.
        created_at,  -- When the purchase order was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the purchase order (UTC).

        coalesce(
            document.ExchangeRate,
            1
        ) as exchange_rate,  -- Home-currency units per unit of the purchase order's currency; 1 in home currency.
        document.TotalAmt::decimal(18, 2) as total_amount,  -- Total of the purchase order with tax, in the document's currency.
        try(coalesce(
            document.HomeTotalAmt,
            document.TotalAmt * coalesce(document.ExchangeRate, 1)
        )::decimal(18, 2)) as home_total_amount,  -- Total of the purchase order with tax, in home currency.
        document.TxnTaxDetail.TotalTax::decimal(18, 2) as tax_amount,  -- Tax on the whole purchase order, in the document's currency.
        coalesce(starts_with(document.PrivateNote, 'Voided') and document.TotalAmt = 0, false)
            as is_voided,  -- True for a voided purchase order: its total is 0 and its note starts with "Voided".
        sync_token,  -- Number of the version, which QuickBooks counts up when the purchase order is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as purchase_order_id,  -- QuickBooks id of the purchase order.
        document.VendorRef.value as vendor_id,  -- Vendor on the purchase order.
        document.APAccountRef.value as ap_account_id,  -- Accounts-payable account that the bill of the order will post to.
        document.SalesTermRef.value as term_id,  -- Payment terms of the purchase order.
        document.ClassRef.value as class_id,  -- Class of the whole purchase order; null where lines have their own or classes are not used.
        document.ShipTo.value as ship_to_customer_id,  -- Customer the goods are shipped to; null where they come to the company.
        document.DepartmentRef.value as department_id,  -- Department of the purchase order, called location on screen.
        document.TxnTaxDetail.TxnTaxCodeRef.value as tax_code_id,  -- Tax code that the tax of the whole purchase order was worked out with.
        document.RecurDataRef.value
            as recurring_transaction_id,  -- Recurring template the purchase order was made from; null if entered by hand.
        document.ShipMethodRef.value as ship_method_id,  -- Shipping method of the purchase order, mostly its name.
        document.MetaData.LastModifiedByRef.value
            as last_modified_by_id,  -- QuickBooks id of the user who last changed the purchase order; null where QuickBooks does not say.
    from purchase_orders
)

select * from final
