-- One row per company and month, from that of the first receivable in the books' history to that of the run's date,
-- which ends with it: what stood open, what came and went, how fast it was collected. In home currency. Opening,
-- charges, other entries and exchange difference, less credit memos and cash, are the closing. Ratios take open
-- charges: credits and payments not used up are a liability and stand beside.
with

companies as (
    select * from core.companies
),

receivables as (
    select *
    from core.receivables
    join companies using (realm_id)
    where txn_date between history_start_date and as_of_date and not is_voided
),

calendar as (
    select * from core.receivable_months
),

days_outstanding as (
    select * from core.days_outstanding
),

balances as (
    select * from core.receivable_balances
),

movements as (
    select * from core.receivable_movements
),

aging as (
    select * from marts.ar_aging_history where kind = 'restated'
),

posted as (
    select
        realm_id,
        date_trunc('month', txn_date)::date as month_start,
        sum(if(doc_type = 'Invoice', ar_home, 0)) as charges_amount,
        -sum(if(doc_type = 'CreditMemo', ar_home, 0)) as credit_memo_amount,
        -sum(if(doc_type = 'Payment', ar_home, 0)) as cash_received,
        sum(if(doc_type not in ('Invoice', 'CreditMemo', 'Payment'), ar_home, 0)) as other_amount,
        sum(ar_home) as posted_amount,
        sum(greatest(ar_home, 0)) as charged_amount,
        count(*) filter (where doc_type = 'Invoice' and not is_voided) as invoice_count,
        count(*) filter (where doc_type = 'Payment' and ar_amount <> 0) as payment_count,
    from receivables
    group by all
),

moved as (
    select
        realm_id,
        date_trunc('month', from_date)::date as month_start,
        sum(change_home) as change_amount,
    from balances
    group by all
),

-- Credit memos and credits of journal entries that settled charges: these were not collected.
credited as (
    select
        realm_id,
        date_trunc('month', movement_date)::date as month_start,
        round(sum(amount * exchange_rate), 2) as credited_amount,
    from movements
    join receivables using (realm_id, doc_type, doc_id, line_no, customer_id)
    where movement <> 'posted' and amount > 0 and doc_type in ('CreditMemo', 'JournalEntry')
        and movement_date <= as_of_date
    group by all
),

closed as (
    select
        realm_id,
        aging_date as month_end,
        sum(total_open) as closing_amount,
        sum(aging.current) as closing_current_amount,
        sum(unapplied_credits) as unapplied_credits,
        sum(overdue_amount) as overdue_amount,
        sum(open_invoice_count) as open_invoice_count,
        count(*) filter (where overdue_amount > 0) as overdue_customer_count,
    from aging
    group by all
),

months as (
    select
        calendar.*,
        coalesce(charges_amount, 0) as charges_amount,
        coalesce(credit_memo_amount, 0) as credit_memo_amount,
        coalesce(cash_received, 0) as cash_received,
        coalesce(other_amount, 0) as other_amount,
        coalesce(change_amount, 0) - coalesce(posted_amount, 0) as exchange_amount,
        coalesce(charged_amount, 0) as charged_amount,
        coalesce(credited_amount, 0) as credited_amount,
        coalesce(invoice_count, 0) as invoice_count,
        coalesce(payment_count, 0) as payment_count,
    from calendar
    left join posted using (realm_id, month_start)
    left join moved using (realm_id, month_start)
    left join credited using (realm_id, month_start)
),

-- What was open before the first month, of documents dated before the books' history.
before_history as (
    select realm_id, sum(change_amount) as earlier_amount
    from moved
    join (select realm_id, min(month_start) as first_month from calendar group by all) using (realm_id)
    where month_start < first_month
    group by all
),

figures as (
    select
        months.*,
        coalesce(closing_amount, 0) as closing_amount,
        coalesce(lag(coalesce(closing_amount, 0)) over by_month, earlier_amount, 0) as opening_amount,
        coalesce(closing_current_amount, 0) as closing_current_amount,
        open_charges_amount - coalesce(overdue_amount, 0) as open_current_amount,
        lag(open_charges_amount, 1, 0) over by_month as opening_charges_amount,
        coalesce(unapplied_credits, 0) as unapplied_credits,
        coalesce(overdue_amount, 0) as overdue_amount,
        coalesce(open_invoice_count, 0) as open_invoice_count,
        coalesce(overdue_customer_count, 0) as overdue_customer_count,
        sum(credit_sales) over by_month as sales_to_date,
    from months
    left join closed using (realm_id, month_end)
    left join before_history using (realm_id)
    window by_month as (partition by months.realm_id order by month_start)
),

countback as (
    select
        figures.realm_id,
        figures.month_start,
        max_by(
            (figures.month_end - earlier.month_end)
            + (figures.open_charges_amount - (figures.sales_to_date - earlier.sales_to_date)) / earlier.credit_sales * earlier.days,
            earlier.month_start
        ) as dso_countback,
    from figures
    join (select realm_id, month_start, month_end, days, credit_sales, sales_to_date from figures) as earlier
        on earlier.realm_id = figures.realm_id
        and earlier.month_start <= figures.month_start
        and earlier.credit_sales > 0
        and figures.sales_to_date - earlier.sales_to_date + earlier.credit_sales >= figures.open_charges_amount
    where figures.open_charges_amount > 0
    group by all
),

rates as (
    select
        *,
        (open_charges_amount / nullif(greatest(credit_sales, 0), 0) * days)::double as dso_simple,
        (open_current_amount / nullif(greatest(credit_sales, 0), 0) * days)::double as best_possible_dso,
        greatest(
            0, opening_charges_amount + charged_amount - open_charges_amount - credited_amount
        )::decimal(18, 2) as collected_amount,
    from figures
    left join countback using (realm_id, month_start)
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.

        month_start,  -- First day of the month.
        month_end,  -- Last day of the month; of the current month, the run's date.
        companies.as_of_date,  -- Day at whose end the figures stand.

        -- Receivable at the end of the month before, net of credits, in home currency.
        opening_amount::decimal(18, 2) as opening_amount,
        -- Invoices of the month, tax included, less deposits taken on the invoices, in home currency.
        charges_amount::decimal(18, 2) as charges_amount,
        -- Credit memos of the month, write-offs booked as such included, as a positive amount in home currency.
        credit_memo_amount::decimal(18, 2) as credit_memo_amount,
        -- Payments of the month, applied or not, as a positive amount in home currency.
        cash_received::decimal(18, 2) as cash_received,
        -- Lines of other documents on accounts receivable, such as journal entries and deposits of the month, in home
        -- currency: charges positive.
        other_amount::decimal(18, 2) as other_amount,
        -- Exchange difference of the month between documents settled by one another, with cents of rounding, in home
        -- currency; 0 for documents in home currency.
        exchange_amount::decimal(18, 2) as exchange_amount,
        -- Receivable at the month's end, net of credits, in home currency: the total of the aging of that day.
        closing_amount::decimal(18, 2) as closing_amount,
        -- Receivable not yet due at the month's end, net of credits, in home currency.
        closing_current_amount::decimal(18, 2) as closing_current_amount,
        -- Charges collected in the month, in home currency: what was open or charged and is open no more, without what
        -- credit memos and credits of journal entries settled.
        collected_amount,
        -- Open charges at the month's end, before credits, in home currency.
        open_charges_amount,
        -- Open charges not yet due at the month's end, before credits, in home currency.
        open_current_amount::decimal(18, 2) as open_current_amount,
        -- Credits and payments not used up at the month's end, as a positive amount in home currency.
        unapplied_credits::decimal(18, 2) as unapplied_credits,
        -- Open charges past their due date at the month's end, before credits, in home currency.
        overdue_amount::decimal(18, 2) as overdue_amount,
        -- Revenue sold on account in the month, tax included, in home currency, the base of days sales outstanding: by
        -- invoices less credit memos, and by journal entries that put it into receivables.
        credit_sales,
        days,  -- Days of the month, up to the run's date.
        invoice_count::integer as invoice_count,  -- Number of invoices of the month, voided ones not counted.
        payment_count::integer as payment_count,  -- Number of payments of the month that brought money.
        open_invoice_count::integer as open_invoice_count,  -- Number of invoices open at the month's end.
        -- Number of customers with something overdue at the month's end.
        overdue_customer_count::integer as overdue_customer_count,
        -- Days sales outstanding: open charges divided by the month's credit sales, times its days; null unless more was
        -- sold than credited in the month.
        dso_simple,
        -- Days sales outstanding of 90 days: open charges divided by the credit sales of 90 days, times 90; null in the
        -- first 90 days with sales on credit, and unless more was sold than credited.
        dso_90d,
        -- Days sales outstanding of 12 months: open charges divided by the credit sales of 365 days, times 365; null in
        -- the first 365 days with sales on credit, and unless more was sold than credited.
        dso_365d,
        -- Days sales outstanding, counted back month by month; null when sales on record never reach the open charges.
        if(open_charges_amount = 0, 0, dso_countback)::double as dso_countback,
        -- Days sales outstanding if nothing were overdue; null unless more was sold than credited in the month.
        best_possible_dso,
        -- Average days delinquent: simple less best possible days sales outstanding, 0 when nothing is overdue; null
        -- unless more was sold than credited in the month.
        (dso_simple - best_possible_dso)::double as add_days,
        -- Collection effectiveness index: percent collected of what was collected in the month or is overdue, 0 to 100;
        -- null when nothing was collected and nothing is overdue.
        (collected_amount / nullif(collected_amount + overdue_amount, 0) * 100)::double as cei_pct,
        -- Share of the open charges that is past due, 0 to 1; null when no charge is open.
        (overdue_amount / nullif(open_charges_amount, 0))::double as overdue_share,
        month_end = last_day(month_start) as is_complete,  -- False for the month of the run's date while it lasts.

        realm_id,  -- QuickBooks id of the company (realm).
    from rates
    join companies using (realm_id)
    left join days_outstanding using (realm_id, month_start)
)

select * from final
