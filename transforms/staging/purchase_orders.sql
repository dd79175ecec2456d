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
        document.PrivateNote
            as private_note,  -- Private memo on the purchase order; begins with "Voided" once the purchase order is voided.
        document.GlobalTaxCalculation
            as tax_calculation,  -- Whether amounts include tax: TaxExcluded, TaxInclusive or NotApplicable; null in the US.
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
        coalesce(
            document.HomeTotalAmt,
            document.TotalAmt * coalesce(document.ExchangeRate, 1)
        )::decimal(18, 2) as home_total_amount,  -- Total of the purchase order with tax, in home currency.
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
    from purchase_orders
)

select * from final
