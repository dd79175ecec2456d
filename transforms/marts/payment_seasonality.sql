-- One row per company with payments, dimension and position in it: when money comes in, by month of the year, weekday
-- and day of the month, and how long invoices of a month take. In home currency; customers' payments alone.
with

companies as (
    select * from core.companies
),

payments as (
    select
        *,
        -ar_home as cash_amount,
    from core.receivables
    join companies using (realm_id)
    where doc_type = 'Payment' and ar_home < 0 and txn_date between history_start_date and as_of_date
),

payment_times as (
    select * from core.payment_times
),

first_payments as (
    select realm_id, as_of_date, min(txn_date) as first_date
    from payments
    group by all
),

spans as (
    select
        realm_id,
        as_of_date,
        date_trunc('month', as_of_date + 1)::date as end_date,
        date_diff('month', first_date, end_date) // 12 as years,
        (end_date - to_months((12 * years)::integer))::date as first_counted,
    from first_payments
),

positions as (
    select *, 'month' as dimension, unnest(range(1, 13)) as position from spans
    union all
    select *, 'weekday' as dimension, unnest(range(1, 8)) as position from spans
    union all
    select *, 'day_of_month' as dimension, unnest(range(1, 32)) as position from spans
    union all
    select *, 'invoice_month' as dimension, unnest(range(1, 13)) as position from spans
),

days as (
    select
        realm_id,
        txn_date,
        sum(cash_amount) as cash_amount,
        count(*) as payment_count,
    from payments
    group by all
),

dated as (
    select realm_id, 'month' as dimension, month(txn_date) as position, cash_amount, payment_count
    from days
    join spans using (realm_id)
    where txn_date >= first_counted and txn_date < end_date

    union all

    select realm_id, 'weekday' as dimension, isodow(txn_date) as position, cash_amount, payment_count
    from days

    union all

    select realm_id, 'day_of_month' as dimension, day(txn_date) as position, cash_amount, payment_count
    from days
),

cash as (
    select
        realm_id,
        dimension,
        position,
        sum(cash_amount) as cash_amount,
        sum(payment_count) as payment_count,
    from dated
    group by all
),

invoices as (
    select
        realm_id,
        'invoice_month' as dimension,
        month(txn_date) as position,
        median(days_to_close) as days_to_pay_median,
        count(*) as invoice_count,
    from payment_times
    where is_paid
    group by all
),

figures as (
    select
        positions.*,
        coalesce(cash_amount, 0) as cash_amount,
        coalesce(payment_count, 0) as payment_count,
        sum(cash_amount) over (partition by positions.realm_id, positions.dimension) as dimension_amount,
        days_to_pay_median,
        coalesce(invoice_count, 0) as invoice_count,
    from positions
    left join cash using (realm_id, dimension, position)
    left join invoices using (realm_id, dimension, position)
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        -- Kind of position: month, weekday and day_of_month of payments, or invoice_month, the month of the invoices
        -- paid.
        dimension,
        -- Position in the dimension: 1 to 12 for January to December, 1 to 7 for Monday to Sunday, 1 to 31 for days.
        position::integer as position,

        companies.as_of_date,  -- Day at whose end the figures stand.

        -- Money received, in home currency; null for invoice_month.
        if(dimension = 'invoice_month', null, cash_amount)::decimal(18, 2) as cash_amount,
        -- Share of the dimension's money that came in at the position, 0 to 1; null for invoice_month.
        if(dimension = 'invoice_month', null, cash_amount / nullif(dimension_amount, 0))::double as cash_share,
        -- Seasonal index: mean of the month divided by the mean of all months, 1 being average; null below 24 months.
        if(dimension = 'month' and years >= 2, 12 * cash_amount / nullif(dimension_amount, 0), null)::double as month_index,
        -- Median days from invoice to full payment; null but for invoice_month.
        days_to_pay_median::double as days_to_pay_median,
        -- Number of payments; for invoice_month, of invoices paid.
        if(dimension = 'invoice_month', invoice_count, payment_count)::integer as document_count,
        -- Number of times 12 whole months that the month index rests on, counted back from the last whole month; null
        -- but for month.
        if(dimension = 'month', years, null)::integer as years,

        realm_id,  -- QuickBooks id of the company (realm).
    from figures
    join companies using (realm_id)
)

select * from final
