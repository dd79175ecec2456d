-- Templates of transactions that repeat. One row per recurring transaction.
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
        realm_id,
        id as recurring_transaction_id,
        txn_type,
        template.CustomerRef.value as customer_id,
        template.VendorRef.value as vendor_id,

        template.RecurringInfo.Name as name,
        template.RecurringInfo.RecurType as recurrence,
        template.RecurringInfo.ScheduleInfo.IntervalType as interval_type,
        template.RecurringInfo.ScheduleInfo.NumInterval as interval_count,
        template.RecurringInfo.ScheduleInfo.DayOfMonth as day_of_month,
        template.RecurringInfo.ScheduleInfo.DayOfWeek as day_of_week,
        template.RecurringInfo.ScheduleInfo.DaysBefore as days_before,
        template.RecurringInfo.ScheduleInfo.MaxOccurrences as occurrence_limit,
        template.PrivateNote as private_note,

        template.CurrencyRef.value as currency,
        coalesce(template.TotalAmt, template.Amount)::decimal(18, 2) as total_amount,

        template.RecurringInfo.Active as is_active,

        try_cast(left(template.RecurringInfo.ScheduleInfo.StartDate, 10) as date) as start_date,
        try_cast(left(template.RecurringInfo.ScheduleInfo.PreviousDate, 10) as date) as previous_date,
        try_cast(left(template.RecurringInfo.ScheduleInfo.NextDate, 10) as date) as next_date,
        try_cast(left(template.RecurringInfo.ScheduleInfo.EndDate, 10) as date) as end_date,

        sync_token,
        created_at,
        last_updated_at,
    from templates
)

select * from final
