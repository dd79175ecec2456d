-- One row per customer and period: how each customer pays, how fast, how late, how much stands open. In home currency;
-- a payment counts for the period of its own date, the last 90 or 365 days or all of them.
with

companies as (
    select * from core.companies
),

customers as (
    select * from core.customers
),

settlements as (
    select *
    from core.invoice_settlements
    join companies using (realm_id)
    where effective_date <= as_of_date and cash_amount > 0
),

invoice_payments as (
    select * from marts.invoice_payments
),

open_charges as (
    select * from core.open_receivables where open_home > 0
),

periods as (
    select * from core.collection_periods
),

paid as (
    select
        realm_id,
        customer_id,
        period,
        count(*) as settlement_count,
        sum(cash_home) as cash_amount,
        sum(cash_home * greatest(0, days_to_pay)) as weighted_days_to_pay,
        sum(cash_home * days_beyond_terms) as weighted_days_beyond_terms,
        sum(cash_home * days_late) as weighted_days_late,
        sum(cash_home * points::decimal(20, 6)) as weighted_points,
        coalesce(sum(cash_home) filter (where days_late > 0), 0) as late_amount,
    from periods
    join settlements using (realm_id, customer_id)
    where payment_date > after_date or period = 'all'
    group by all
),

closed as (
    select
        realm_id,
        customer_id,
        period,
        count(*) as closed_count,
        count(*) filter (where was_late) as late_closed_count,
        avg(paid_in_full_date - txn_date) filter (where credited = 0) as days_to_pay_mean,
        median(paid_in_full_date - txn_date) filter (where credited = 0) as days_to_pay_median,
    from periods
    join invoice_payments using (realm_id, customer_id)
    where cash_paid > 0 and (paid_in_full_date > after_date or (period = 'all' and is_closed))
    group by all
),

overdue as (
    select realm_id, customer_id, count(*) as overdue_count
    from open_charges
    where doc_type = 'Invoice' and days_past_due > 0
    group by all
),

open_book as (
    select
        realm_id,
        customer_id,
        sum(open_home) as open_charges,
        sum(open_home * case bucket
            when '1-30' then 15
            when '31-60' then 45
            when '61-90' then 75
            when '91+' then 105
            else 0
        end) as weighted_age,
    from open_charges
    group by all
),

quarters as (
    select
        realm_id,
        customer_id,
        count(*) filter (where payment_date > as_of_date - 90) as recent_count,
        count(*) filter (where payment_date <= as_of_date - 90) as earlier_count,
        sum(cash_home * days_beyond_terms) filter (where payment_date > as_of_date - 90)
            / sum(cash_home) filter (where payment_date > as_of_date - 90) as recent_days,
        sum(cash_home * days_beyond_terms) filter (where payment_date <= as_of_date - 90)
            / sum(cash_home) filter (where payment_date <= as_of_date - 90) as earlier_days,
    from settlements
    where payment_date > as_of_date - 180 and cash_home > 0
    group by all
),

figures as (
    select
        periods.*,
        coalesce(settlement_count, 0) as settlement_count,
        coalesce(closed_count, 0) as closed_count,
        coalesce(late_closed_count, 0) as late_closed_count,
        coalesce(overdue_count, 0) as overdue_count,
        coalesce(cash_amount, 0) as cash_amount,
        coalesce(late_amount, 0) as late_amount,
        coalesce(open_charges, 0) as open_charges_amount,
        coalesce(weighted_age, 0) as weighted_age,
        nullif(cash_amount, 0) as cash,
        weighted_days_to_pay,
        weighted_days_beyond_terms,
        weighted_days_late,
        weighted_points,
        days_to_pay_mean,
        days_to_pay_median,
        recent_days - earlier_days as trend_days,
        coalesce(recent_count, 0) >= 3 and coalesce(earlier_count, 0) >= 3 as has_trend,
    from periods
    left join paid using (realm_id, customer_id, period)
    left join closed using (realm_id, customer_id, period)
    left join overdue using (realm_id, customer_id)
    left join open_book using (realm_id, customer_id)
    left join quarters using (realm_id, customer_id)
),

rates as (
    select
        *,
        (ending_amount / nullif(greatest(credit_sales, 0), 0) * days)::double as dso_simple,
        (ending_current_amount / nullif(greatest(credit_sales, 0), 0) * days)::double as best_possible_dso,
        opening_amount + credit_sales / months - ending_current_amount as collectable,
        opening_amount + credit_sales / months - ending_amount as collected,
        if(cash <> 0, least(100, weighted_points / cash), null)::double as pay_score,
    from figures
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        -- Full name of the customer: the names of all levels joined by colons, as Parent:Job.
        customers.full_name as customer_name,
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        customers.root_customer_name,
        period,  -- Period up to the run's date: 90d, 365d or all.
        -- Class by average days beyond terms: fast from 5 days before the due date, slow from 5 days after it, on time
        -- between; insufficient below 3 payments.
        case
            when settlement_count < 3 or cash is null then 'insufficient'
            when weighted_days_beyond_terms / cash <= -5 then 'fast'
            when weighted_days_beyond_terms / cash >= 5 then 'slow'
            else 'on time'
        end as payer_class,
        -- Trend of the days beyond terms: improving, worsening or stable; insufficient below 3 payments in either 90
        -- days.
        case
            when not has_trend then 'insufficient'
            when trend_days <= -5 then 'improving'
            when trend_days >= 5 then 'worsening'
            else 'stable'
        end as trend,

        companies.as_of_date,  -- Day at whose end the figures stand.

        cash_amount::decimal(18, 2) as cash_amount,  -- Money received against invoices in the period, in home currency.
        -- Money received after the due date in the period, in home currency.
        late_amount::decimal(18, 2) as late_amount,
        -- Revenue sold on account in the period, tax included, in home currency, the base of days sales outstanding: by
        -- invoices less credit memos, and by journal entries that put it into receivables.
        credit_sales,
        -- Receivable at the start of the period, net of credits, in home currency; 0 for the period all.
        opening_amount,
        ending_amount,  -- Receivable on the run's date, net of credits, in home currency.
        ending_current_amount,  -- Receivable not yet due on the run's date, net of credits, in home currency.
        -- Open charges on the run's date, before credits, in home currency.
        open_charges_amount::decimal(18, 2) as open_charges_amount,
        days,  -- Days in the period; for the period all, since the customer's first document.
        settlement_count::integer as settlement_count,  -- Number of payments received against invoices in the period.
        closed_count::integer as closed_count,  -- Number of invoices closed in the period with at least some money.
        -- Number of invoices closed in the period whose last money came late.
        late_closed_count::integer as late_closed_count,
        overdue_count::integer as overdue_count,  -- Number of open invoices past due on the run's date.
        -- Average days from invoice to payment, prepayments counted as 0, weighted by money; null without payments.
        (weighted_days_to_pay / cash)::double as days_to_pay_weighted,
        -- Median days until paid in full, of the invoices paid in money alone; null without any.
        days_to_pay_median::double as days_to_pay_median,
        -- Mean days until paid in full, of the invoices paid in money alone; null without any.
        days_to_pay_mean::double as days_to_pay_mean,
        -- Average days beyond terms, early payments negative, weighted by money; null without payments.
        (weighted_days_beyond_terms / cash)::double as days_beyond_terms_weighted_signed,
        -- Average days late, early payments counted as 0, weighted by money; null without payments.
        (weighted_days_late / cash)::double as days_late_weighted,
        -- Average days beyond terms of the open charges, taken at 15, 45, 75 and 105 days for the buckets past due;
        -- null without any.
        (weighted_age / nullif(open_charges_amount, 0))::double as days_beyond_terms_open_book,
        -- Share of the closed invoices whose last money came late, 0 to 1; null when none was closed.
        (late_closed_count / nullif(closed_count, 0))::double as late_rate,
        -- Share of the money received that came late, 0 to 1; null without payments.
        (late_amount / cash)::double as amount_late_rate,
        -- Share of the closed and the open overdue invoices that are late, 0 to 1; null when there are none.
        ((late_closed_count + overdue_count) / nullif(closed_count + overdue_count, 0))::double as late_or_overdue_rate,
        -- Days sales outstanding: receivable divided by credit sales, times days; null unless more was sold than
        -- credited.
        dso_simple,
        -- Days sales outstanding, counted back month by month; null when sales on record never reach the receivable.
        dso_countback,
        best_possible_dso,  -- Days sales outstanding if nothing were overdue; null unless more was sold than credited.
        -- Average days delinquent: simple less best possible days sales outstanding.
        (dso_simple - best_possible_dso)::double as add_days,
        -- Collection effectiveness index: percent collected of what could be, 100 when nothing is overdue, outside 0 to
        -- 100 where credits outweigh charges; null when nothing could be.
        if(collectable > 0, collected / collectable * 100, null)::double as cei_pct,
        pay_score,  -- Payment score in points, 0 to 100, weighted by money: 80 is on time; null without payments.
        -- Payment score in points, 0 to 100, weighted by money: 80 is on time; null below 3 payments.
        if(settlement_count >= 3, pay_score, null) as paydex_style_score,
        -- Change of the average days beyond terms, the last 90 days against the 90 days earlier; null below 3 payments
        -- in either.
        if(has_trend, trend_days, null)::double as trend_days,

        realm_id,  -- QuickBooks id of the company (realm).
        customer_id,  -- QuickBooks id of the customer billed.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        coalesce(customers.root_customer_id, customer_id) as root_customer_id,
    from rates
    join companies using (realm_id)
    left join customers using (realm_id, customer_id)
)

select * from final
