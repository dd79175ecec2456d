-- One row per company, with how it is set up in QuickBooks.
with

preferences as (
    select * from documents.preferences
),

final as (
    select
        document.CurrencyPrefs.HomeCurrency.value as home_currency,  -- Home currency of the company, ISO 4217.
        document.ReportPrefs.ReportBasis as report_basis,  -- Basis of reports by default: Accrual or Cash.
        document.AccountingInfoPrefs.FirstMonthOfFiscalYear as first_month_of_fiscal_year,  -- First month of the fiscal year, by name.
        document.AccountingInfoPrefs.CustomerTerminology
            as customer_terminology,  -- What the company calls its customers on screen, such as Clients.
        try_cast(left(document.AccountingInfoPrefs.BookCloseDate, 10) as date)
            as book_close_date,  -- Date up to which the books are closed; null while they are open, or where QuickBooks does not say.

        created_at,  -- When the preferences was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the preferences (UTC).

        document.CurrencyPrefs.MultiCurrencyEnabled as is_multicurrency,  -- True where multicurrency is on; it cannot be turned off again.
        document.TaxPrefs.UsingSalesTax as is_using_sales_tax,  -- True where sales tax is on.
        document.SalesFormsPrefs.CustomTxnNumbers as has_custom_txn_numbers,  -- True where people number sales forms themselves.
        document.SalesFormsPrefs.AllowDeposit as is_deposit_allowed,  -- True where sales forms have a field for a deposit.
        document.SalesFormsPrefs.AllowDiscount as is_discount_allowed,  -- True where sales forms have a field for a discount.
        document.SalesFormsPrefs.AllowEstimates as is_estimate_allowed,  -- True where estimates are on.
        document.SalesFormsPrefs.AutoApplyCredit as is_credit_auto_applied,  -- True where QuickBooks applies credits to invoices by itself.
        document.SalesFormsPrefs.AutoApplyPayments
            as is_payment_auto_applied,  -- True where QuickBooks applies payments to invoices by itself.
        document.ReportPrefs.CalcAgingReportFromTxnDate
            as is_aging_from_txn_date,  -- True where aging reports count from the transaction date, false from the due date.
        document.AccountingInfoPrefs.ClassTrackingPerTxn as has_class_per_txn,  -- True where a whole transaction has one class.
        document.AccountingInfoPrefs.ClassTrackingPerTxnLine as has_class_per_line,  -- True where each line of a transaction has a class.
        document.AccountingInfoPrefs.TrackDepartments as has_departments,  -- True where departments (locations) are on.
        sync_token,  -- Number of the version, which QuickBooks counts up when the preferences is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as preferences_id,  -- QuickBooks id of the preferences.
        document.SalesFormsPrefs.DefaultTerms.value as default_term_id,  -- Payment terms of new sales forms by default.
        document.SalesFormsPrefs.DefaultDiscountAccount
            as default_discount_account_id,  -- Account that discounts on sales forms post to by default.
        document.SalesFormsPrefs.DefaultShippingAccount
            as default_shipping_account_id,  -- Account that shipping on sales forms posts to by default.
        document.TaxPrefs.TaxGroupCodeRef.value as default_tax_code_id,  -- Tax code of sales by default.
    from preferences
)

select * from final
