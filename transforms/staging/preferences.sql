-- How the company is set up. One row per preferences.
with

preferences as (
    select * from documents.preferences
),

final as (
    select
        realm_id,
        id as preferences_id,
        document.SalesFormsPrefs.DefaultTerms.value as default_term_id,
        document.TaxPrefs.TaxGroupCodeRef.value as default_tax_code_id,

        document.CurrencyPrefs.HomeCurrency.value as home_currency,
        document.ReportPrefs.ReportBasis as report_basis,
        document.AccountingInfoPrefs.FirstMonthOfFiscalYear as first_month_of_fiscal_year,
        document.AccountingInfoPrefs.CustomerTerminology as customer_terminology,

        document.CurrencyPrefs.MultiCurrencyEnabled as is_multicurrency,
        document.TaxPrefs.UsingSalesTax as is_using_sales_tax,
        document.SalesFormsPrefs.CustomTxnNumbers as has_custom_txn_numbers,
        document.SalesFormsPrefs.AllowDeposit as is_deposit_allowed,
        document.SalesFormsPrefs.AllowDiscount as is_discount_allowed,
        document.SalesFormsPrefs.AllowEstimates as is_estimate_allowed,
        document.SalesFormsPrefs.AutoApplyCredit as is_credit_auto_applied,
        document.SalesFormsPrefs.AutoApplyPayments as is_payment_auto_applied,
        document.ReportPrefs.CalcAgingReportFromTxnDate as is_aging_from_txn_date,
        document.AccountingInfoPrefs.ClassTrackingPerTxn as has_class_per_txn,
        document.AccountingInfoPrefs.ClassTrackingPerTxnLine as has_class_per_line,
        document.AccountingInfoPrefs.TrackDepartments as has_departments,

        try_cast(left(document.AccountingInfoPrefs.BookCloseDate, 10) as date) as book_close_date,

        sync_token,
        created_at,
        last_updated_at,
    from preferences
)

select * from final
