-- How each customer pays: how fast, how late, how much stands open. One row per customer and period.
-- In home currency; a payment counts for the period of its own date, the last 90 or 365 days or all of them.
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
        avg(paid_in_full_date - txn_date) filter (where credited = 0) as dtp_mean,
        median(paid_in_full_date - txn_date) filter (where credited = 0) as dtp_median,
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
        dtp_mean,
        dtp_median,
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
        realm_id,  -- QuickBooks company id (realm)
        customer_id,  -- Customer billed
        -- Top of that customer's chain of parents
        coalesce(customers.root_customer_id, customer_id) as root_customer_id,

        period,  -- 90d, 365d or all, up to the run's date
        days,  -- Days in the period; for all, since the customer's first document
        customers.display_name as customer_name,  -- Name of the customer

        -- Payments received against invoices: n of the cash-weighted figures
        settlement_count::integer as settlement_count,
        closed_count::integer as closed_count,  -- Invoices closed with at least some cash: n of late_rate_count
        late_closed_count::integer as late_closed_count,  -- Those whose last money came late
        overdue_count::integer as overdue_count,  -- Open invoices past due on the run's date
        cash_amount::decimal(18, 2) as cash_amount,  -- Money received against invoices
        late_amount::decimal(18, 2) as late_amount,  -- The part received after the due date
        credit_sales,  -- Invoices less credit memos, tax included: the base of DSO
        opening_amount,  -- Receivable at the start of the period, net of credits; 0 for all
        ending_amount,  -- Receivable on the run's date, net of credits
        ending_current_amount,  -- The part not yet due
        open_charges_amount::decimal(18, 2) as open_charges_amount,  -- Open charges alone: the base of dbt_open_book

        -- Days from invoice to payment, prepaid as 0, weighted by cash; null without cash
        (weighted_days_to_pay / cash)::double as dtp_weighted,
        -- Median days until paid in full, of invoices paid in cash alone; null without any
        dtp_median::double as dtp_median,
        dtp_mean::double as dtp_mean,  -- Mean of the same
        -- Days beyond terms, early negative, weighted by cash
        (weighted_days_beyond_terms / cash)::double as dbt_weighted_signed,
        (weighted_days_late / cash)::double as days_late_weighted,  -- Days late, early as 0, weighted by cash
        -- Days beyond terms of open charges, by bucket midpoints 15, 45, 75, 105
        (weighted_age / nullif(open_charges_amount, 0))::double as dbt_open_book,
        -- Share of closed invoices whose last money came late
        (late_closed_count / nullif(closed_count, 0))::double as late_rate_count,
        (late_amount / cash)::double as late_rate_amount,  -- Share of the money that came late
        -- The same with open overdue invoices counted as late
        ((late_closed_count + overdue_count) / nullif(closed_count + overdue_count, 0))::double as late_rate_incl_open,

        -- Days sales outstanding: receivable over credit sales, times days; null unless more was sold than credited
        dso_simple,
        dso_countback,  -- DSO counted back month by month; null when sales on record never reach the receivable
        best_possible_dso,  -- DSO if nothing were overdue
        (dso_simple - best_possible_dso)::double as add_days,  -- Average days delinquent: the difference of the two
        -- Collection effectiveness: percent collected of what could be, 100 when nothing is overdue; above or far below
        -- where credits outweigh the charges; null when nothing could be
        if(collectable > 0, collected / collectable * 100, null)::double as cei,

        pay_score,  -- Points for days beyond terms, weighted by cash: 80 is on time; see settlement_count for n
        if(settlement_count >= 3, pay_score, null) as paydex_style_score,  -- The same, null below 3 payments
        -- By dbt_weighted_signed: fast at 5 or more days before the due date, slow at 5 or more after, on time between;
        -- insufficient below 3 payments
        case
            when settlement_count < 3 or cash is null then 'insufficient'
            when weighted_days_beyond_terms / cash <= -5 then 'fast'
            when weighted_days_beyond_terms / cash >= 5 then 'slow'
            else 'on time'
        end as payer_class,
        -- Change of days beyond terms, last 90 days against the 90 before
        if(has_trend, trend_days, null)::double as trend_days,
        case
            when not has_trend then 'insufficient'
            when trend_days <= -5 then 'improving'
            when trend_days >= 5 then 'worsening'
            else 'stable'
        end as trend,  -- improving, worsening, stable; insufficient below 3 payments in either 90 days

        as_of_date,  -- Day whose end this describes
    from rates
    left join customers using (realm_id, customer_id)
)

select * from final
