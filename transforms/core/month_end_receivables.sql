-- One row per month end and open item: what stood open at each month's end since the books' history begins, and on the
-- run's date, as today's books tell it.
with

companies as (
    select * from core.companies
),

customers as (
    select * from core.customers
),

balances as (
    select *
    from core.receivable_balances
    join companies using (realm_id)
    where open_amount <> 0
),

-- Months that end before the amount changed. No filter follows: DuckDB 2.0 fails where one reads a joined column
-- behind unnest ("global dictionary changed identity").
month_ends as (
    select
        realm_id,
        doc_type,
        doc_id,
        line_no,
        customer_id,
        due_date,
        open_home,
        last_day(unnest(generate_series(
            date_trunc('month', greatest(from_date, history_start_date)),
            date_trunc('month', coalesce(until_date, as_of_date)) - interval 1 month,
            interval 1 month
        ))::date) as month_end,
    from balances

    union all

    select
        realm_id,
        doc_type,
        doc_id,
        line_no,
        customer_id,
        due_date,
        open_home,
        as_of_date,
    from balances
    where until_date is null
),

final as (
    select
        doc_type,  -- Type of the document, such as Invoice, CreditMemo, Payment or JournalEntry.
        line_no,  -- Position of the line that is open in its document; 0 for what posts as a whole.
        -- Age in days past the due date: current, 1-30, 31-60, 61-90 or 91+.
        case
            when month_end - due_date <= 0 then 'current'
            when month_end - due_date <= 30 then '1-30'
            when month_end - due_date <= 60 then '31-60'
            when month_end - due_date <= 90 then '61-90'
            else '91+'
        end as bucket,

        date_trunc('month', month_end)::date as month_start,  -- First day of the month.
        month_end,  -- Day at whose end the amount was open: a month's last day, or the run's date.
        -- Due date of an invoice: as stated, else its date plus the days of its terms, else its date; of another
        -- document its date.
        due_date,

        open_home::decimal(18, 2) as open_home,  -- Amount open that day, in home currency; negative for credits.
        (month_end - due_date)::integer as days_past_due,  -- Days from the due date to that day; negative before it.

        realm_id,  -- QuickBooks id of the company (realm).
        doc_id,  -- QuickBooks id of the document.
        customer_id,  -- QuickBooks id of the customer the amount stands with.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        coalesce(customers.root_customer_id, customer_id) as root_customer_id,
    from month_ends
    left join customers using (realm_id, customer_id)
)

select * from final
