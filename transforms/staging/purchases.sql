-- Cheques, card charges and cash expenses. One row per purchase.
with

purchases as (
    select * from documents.purchase
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        id as purchase_id,  -- QuickBooks id of the purchase
        document.AccountRef.value as account_id,  -- Bank or credit card account the money came out of
        document.EntityRef.type as entity_type,  -- Type of who was paid: Vendor, Customer or Employee; null without one
        document.EntityRef.value as entity_id,  -- Vendor, customer or employee who was paid; null without one
        document.PaymentMethodRef.value as payment_method_id,  -- Payment method of the purchase
        document.DepartmentRef.value as department_id,  -- Department of the purchase, called location on screen
        document.TxnTaxDetail.TxnTaxCodeRef.value as tax_code_id,  -- Tax code that the tax of the whole purchase was worked out with
        document.RecurDataRef.value as recurring_transaction_id,  -- Recurring template the purchase was made from; null if entered by hand

        document.DocNumber as doc_number,  -- Number of the purchase, at most 21 characters; need not be unique, may be null
        document.PaymentType as payment_type,  -- How it was paid: Cash, Check or CreditCard
        document.PaymentRefNum as payment_reference,  -- Reference of the payment, such as the number of a cheque
        document.PrintStatus as print_status,  -- Whether the cheque was printed: NotSet, NeedToPrint or PrintComplete
        document.PrivateNote as private_note,  -- Private memo on the purchase; QuickBooks puts "Voided" in front of it when it voids
        document.GlobalTaxCalculation
            as tax_calculation,  -- How amounts relate to tax: TaxExcluded, TaxInclusive or NotApplicable; null in the US

        document.CurrencyRef.value as currency,  -- Currency of the purchase, ISO 4217
        document.ExchangeRate as exchange_rate,  -- Home-currency units per unit of the purchase's currency; null or 1 at home
        document.TotalAmt::decimal(18, 2) as total_amount,  -- Total of the purchase with tax, in its own currency
        document.HomeTotalAmt::decimal(18, 2) as home_total_amount,  -- Total of the purchase in the home currency; only with multicurrency
        document.TxnTaxDetail.TotalTax::decimal(18, 2) as tax_amount,  -- Tax on the whole purchase, in its own currency

        document.Credit as is_credit,  -- True for a credit on a card, which brings money back; null or false for an expense
        coalesce(starts_with(document.PrivateNote, 'Voided') and document.TotalAmt = 0, false)
            as is_voided,  -- True for a voided purchase: its total is 0 and its note starts with "Voided"

        document.TxnDate as txn_date,  -- Date of the purchase, as the company's calendar has it

        sync_token,  -- Version that QuickBooks counts up as the purchase is edited; not every update does
        created_at,  -- When the purchase was entered (UTC)
        last_updated_at,  -- When QuickBooks last updated the purchase (UTC)
    from purchases
)

select * from final
