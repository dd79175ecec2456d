-- One row per recurring transaction: a template from which transactions are made.
with

recurring_transactions as (
    select * from documents.recurring_transaction
),

templates as (
    select
        *,
        case
            when document.Bill is not null then 'Bill'
            when document.CreditMemo is not null then 'CreditMemo'
            when document.Deposit is not null then 'Deposit'
            when document.Estimate is not null then 'Estimate'
            when document.Invoice is not null then 'Invoice'
            when document.JournalEntry is not null then 'JournalEntry'
            when document.Purchase is not null then 'Purchase'
            when document.PurchaseOrder is not null then 'PurchaseOrder'
            when document.RefundReceipt is not null then 'RefundReceipt'
            when document.SalesReceipt is not null then 'SalesReceipt'
            when document.Transfer is not null then 'Transfer'
            when document.VendorCredit is not null then 'VendorCredit'
        end as txn_type,
        coalesce(
            document.Bill,
            document.CreditMemo,
            document.Deposit,
            document.Estimate,
            document.Invoice,
            document.JournalEntry,
            document.Purchase,
            document.PurchaseOrder,
            document.RefundReceipt,
            document.SalesReceipt,
            document.Transfer,
            document.VendorCredit
        ) as template,
    from recurring_transactions
),

final as (
    select
        txn_type,  -- Type of transaction the template makes, such as Invoice or Bill.
        template.RecurringInfo.Name as name,  -- Name of the template.
        template.RecurringInfo.RecurType as recurrence,  -- How the template runs: Automated, Reminded, UnScheduled or Manual.
        template.RecurringInfo.ScheduleInfo.IntervalType as interval_type,  -- Unit of the interval: Yearly, Monthly, Weekly or Daily.
        template.RecurringInfo.ScheduleInfo.DayOfWeek as day_of_week,  -- Day of the week of a weekly template, by name.
        template.PrivateNote as private_note,  -- Private memo that the template puts on its transactions.
        template.CurrencyRef.value as currency,  -- Currency of the template's transactions, ISO 4217.
        try_cast(left(template.RecurringInfo.ScheduleInfo.StartDate, 10) as date)
            as start_date,  -- Date of the first transaction made from the template.
        try_cast(left(template.RecurringInfo.ScheduleInfo.PreviousDate, 10) as date)
            as previous_date,  -- Date of the last transaction made from the template; null before the first.
        try_cast(left(template.RecurringInfo.ScheduleInfo.NextDate, 10) as date)
            as next_date,  -- Date of the next transaction to be made from the template; null when there is none.
        try_cast(left(template.RecurringInfo.ScheduleInfo.EndDate, 10) as date)
            as end_date,  -- Date on which the template ends; null without one.

        created_at,  -- When the recurring transaction was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the recurring transaction (UTC).

        template.RecurringInfo.ScheduleInfo.NumInterval
            as interval_count,  -- Number of years, months, weeks or days between two transactions, as interval_type says.
        template.RecurringInfo.ScheduleInfo.DayOfMonth as day_of_month,  -- Day of the month of a monthly template.
        template.RecurringInfo.ScheduleInfo.DaysBefore
            as days_before,  -- Days before a transaction's date on which it is made or people are reminded.
        template.RecurringInfo.ScheduleInfo.MaxOccurrences
            as occurrence_limit,  -- Number of transactions after which the template ends; null without a limit.
        coalesce(
            template.TotalAmt,
            template.Amount
        )::decimal(18, 2) as total_amount,  -- Total of each transaction with tax, in the document's currency.
        template.RecurringInfo.Active as is_active,  -- False once the template was made inactive.
        sync_token,  -- Number of the version, which QuickBooks counts up when the recurring transaction is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as recurring_transaction_id,  -- QuickBooks id of the recurring transaction.
        template.CustomerRef.value as customer_id,  -- Customer on the template; null for transactions with vendors.
        template.VendorRef.value as vendor_id,  -- Vendor on the template; null for transactions with customers.
    from templates
)

select * from final
