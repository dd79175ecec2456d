-- One row per level, customer or family, and period: how each pays, how fast, how late, how much stands open. A family
-- is the customer at the top with everyone below it: read one level. In home currency; a payment counts for the period
-- of its own date, the last 90 or 365 days or all of them. Up to 4 days after the due date count as on time, wherever
-- invoices are counted and in the class of payer.
with

companies as (
    select * from core.companies
),

customer_levels as (
    select * from core.customer_levels
),

settlements as (
    select
        *,
        unnest(['family', 'customer']) as level,
        unnest([root_customer_id, customer_id]) as level_customer_id,
    from core.invoice_settlements
    join companies using (realm_id)
    where effective_date <= as_of_date and cash_amount > 0
        and least(invoice_date, payment_date) >= history_start_date
),

invoice_payments as (
    select
        *,
        unnest(['family', 'customer']) as level,
        unnest([root_customer_id, customer_id]) as level_customer_id,
    from marts.invoice_payments
),

open_charges as (
    select
        *,
        unnest(['family', 'customer']) as level,
        unnest([root_customer_id, customer_id]) as level_customer_id,
    from core.open_receivables
    where open_home > 0
),

payment_points as (
    select realm_id, days_beyond_terms as days_past_due, points from core.payment_points
),

collections as (
    select realm_id, level, level_customer_id, is_never_paid from core.customer_collections
),

periods as (
    select *
    from core.collection_periods
    join collections using (realm_id, level, level_customer_id)
    join (select realm_id, grace_days from companies) using (realm_id)
),

paid as (
    select
        realm_id,
        level,
        level_customer_id,
        period,
        count(*) as settlement_count,
        sum(cash_home) as cash_amount,
        sum(cash_home::decimal(28, 2) * greatest(0, days_to_pay)) as weighted_days_to_pay,
        sum(cash_home::decimal(28, 2) * days_beyond_terms) as weighted_days_beyond_terms,
        sum(cash_home::decimal(28, 2) * days_late) as weighted_days_late,
        sum(cash_home * points::decimal(20, 6)) as weighted_points,
        coalesce(sum(cash_home) filter (where days_late > 0), 0) as late_amount,
    from periods
    join settlements using (realm_id, level, level_customer_id)
    where payment_date > after_date or period = 'all'
    group by all
),

closed as (
    select
        realm_id,
        level,
        level_customer_id,
        period,
        count(*) filter (where cash_paid > 0) as closed_count,
        count(*) filter (where was_late) as late_closed_count,
        avg(paid_in_full_date - txn_date) filter (where cash_paid > 0 and credited = 0) as days_to_pay_mean,
        median(paid_in_full_date - txn_date) filter (where cash_paid > 0 and credited = 0) as days_to_pay_median,
        count(*) filter (where credited <> 0) as credited_count,
    from periods
    join invoice_payments using (realm_id, level, level_customer_id)
    where paid_in_full_date > after_date or (period = 'all' and is_closed)
    group by all
),

overdue_charges as (
    select
        open_charges.*,
        points,
    from open_charges
    join payment_points
        on payment_points.realm_id = open_charges.realm_id
        and payment_points.days_past_due = least(open_charges.days_past_due, 180)
    where open_charges.days_past_due > 0
),

overdue as (
    select
        realm_id,
        level,
        level_customer_id,
        count(*) as overdue_count,
        sum(open_home) as overdue_amount,
        max(days_past_due) as oldest_days_past_due,
        sum(open_home::decimal(28, 2) * days_past_due) as overdue_days,
        sum(open_home * points::decimal(20, 6)) as overdue_points,
    from overdue_charges
    group by all
),

overdue_late as (
    select realm_id, level, level_customer_id, count(*) as late_open_count
    from overdue_charges
    join (select distinct realm_id, grace_days from periods) using (realm_id)
    where days_past_due > grace_days
    group by all
),

open_book as (
    select
        realm_id,
        level,
        level_customer_id,
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
        level,
        level_customer_id,
        count(*) filter (where payment_date > as_of_date - 90) as recent_count,
        count(*) filter (where payment_date <= as_of_date - 90) as earlier_count,
        sum(cash_home::decimal(28, 2) * days_beyond_terms) filter (where payment_date > as_of_date - 90)
            / sum(cash_home) filter (where payment_date > as_of_date - 90) as recent_days,
        sum(cash_home::decimal(28, 2) * days_beyond_terms) filter (where payment_date <= as_of_date - 90)
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
        coalesce(credited_count, 0) as credited_count,
        coalesce(overdue_count, 0) as overdue_count,
        coalesce(late_open_count, 0) as late_open_count,
        coalesce(oldest_days_past_due, 0) as oldest_days_past_due,
        coalesce(cash_amount, 0) as cash_amount,
        coalesce(late_amount, 0) as late_amount,
        coalesce(overdue_amount, 0) as overdue_amount,
        coalesce(weighted_age, 0) as weighted_age,
        nullif(cash_amount, 0) as cash,
        nullif(coalesce(cash_amount, 0) + coalesce(overdue_amount, 0), 0) as judged_amount,
        weighted_days_to_pay,
        weighted_days_beyond_terms,
        weighted_days_late,
        coalesce(weighted_days_beyond_terms, 0) + coalesce(overdue_days, 0) as judged_days,
        coalesce(weighted_points, 0) + coalesce(overdue_points, 0) as judged_points,
        days_to_pay_mean,
        days_to_pay_median,
        recent_days - earlier_days as trend_days,
        coalesce(recent_count, 0) >= 3 and coalesce(earlier_count, 0) >= 3 as has_trend,
    from periods
    left join paid using (realm_id, level, level_customer_id, period)
    left join closed using (realm_id, level, level_customer_id, period)
    left join overdue using (realm_id, level, level_customer_id)
    left join overdue_late using (realm_id, level, level_customer_id)
    left join open_book using (realm_id, level, level_customer_id)
    left join quarters using (realm_id, level, level_customer_id)
),

rates as (
    select
        *,
        (open_charges_amount / nullif(greatest(credit_sales, 0), 0) * days)::double as dso_simple,
        (open_current_amount / nullif(greatest(credit_sales, 0), 0) * days)::double as best_possible_dso,
        judged_days / judged_amount as judged_days_beyond_terms,
        if(judged_amount > 0, least(100, judged_points / judged_amount), null)::double as pay_score,
        settlement_count + late_open_count >= 3 as is_judged,
        ((late_closed_count + late_open_count) / nullif(closed_count + late_open_count, 0))::double
            as late_or_overdue_rate,
    from figures
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        rates.level,  -- Level of the row: family, or customer for a single customer, job or sub-customer.
        -- Full name of the customer: the names of all levels joined by colons, as Parent:Job; at level family, of the
        -- customer at the top.
        customer_levels.customer_name,
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        customer_levels.root_customer_name,
        period,  -- Period up to the run's date: 90d, 365d or all.
        -- Class by average days beyond terms, open overdue charges with their age so far: fast from 5 days before the
        -- due date, slow from 5 days after it or where every invoice was late, on time between; insufficient below 3 payments and charges more than 4
        -- days overdue; never paid where a charge is that late or was written off and no money ever came.
        case
            when is_never_paid then 'never paid'
            when not is_judged or judged_amount is null then 'insufficient'
            when judged_days_beyond_terms >= 5 or late_or_overdue_rate = 1 then 'slow'
            when judged_days_beyond_terms <= -5 then 'fast'
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
        -- Charges of the period to accounts receivable, be it by invoice or journal entry, in home currency.
        charges_amount,
        -- Charges collected in the period in home currency: what was open or charged and is open no more, without what
        -- credit memos and credits of journal entries settled.
        collected_amount,
        -- Open charges at the start of the period, before credits, in home currency; 0 for the period all.
        opening_charges_amount,
        -- Open charges on the run's date, before credits, in home currency.
        open_charges_amount,
        -- Open charges on the run's date that are not yet due, before credits, in home currency.
        open_current_amount,
        -- Open charges past due on the run's date, before credits, in home currency.
        overdue_amount::decimal(18, 2) as overdue_amount,
        -- Credits and payments not used up on the run's date, a liability that no ratio here deducts, as a positive
        -- amount in home currency.
        unapplied_credits,
        -- Receivable on the run's date: open charges less credits not used up, in home currency.
        (open_charges_amount - unapplied_credits)::decimal(18, 2) as ending_amount,
        days,  -- Days in the period; for the period all, since the first document.
        -- Number of days after the due date that still count as on time, in the class and wherever invoices are counted.
        rates.grace_days,
        settlement_count::integer as settlement_count,  -- Number of payments received against invoices in the period.
        closed_count::integer as closed_count,  -- Number of invoices closed in the period with at least some money.
        -- Number of invoices closed in the period with any credit, which the mean and median days to pay leave out.
        credited_count::integer as credited_count,
        -- Number of invoices closed in the period whose last money came more than 4 days after the due date.
        late_closed_count::integer as late_closed_count,
        overdue_count::integer as overdue_count,  -- Number of open charges past due on the run's date.
        -- Number of open charges more than 4 days past due on the run's date.
        late_open_count::integer as late_open_count,
        -- Days past due of the oldest open charge on the run's date; 0 when none is past due.
        oldest_days_past_due::integer as oldest_days_past_due,
        -- Average days from invoice to payment, prepayments counted as 0, weighted by money; null without payments.
        (weighted_days_to_pay / cash)::double as days_to_pay_weighted,
        -- Median days until paid in full, of the invoices paid in money alone; null without any.
        days_to_pay_median::double as days_to_pay_median,
        -- Mean days until paid in full, of the invoices paid in money alone; null without any.
        days_to_pay_mean::double as days_to_pay_mean,
        -- Average days beyond terms of the payments, early ones negative, weighted by money; null without payments.
        (weighted_days_beyond_terms / cash)::double as days_beyond_terms_weighted_signed,
        -- Average days beyond terms of payments and of open overdue charges with their age so far, weighted by money,
        -- which the class goes by; null without either.
        judged_days_beyond_terms::double as days_beyond_terms_until_now,
        -- Average days late, early payments counted as 0, weighted by money; null without payments.
        (weighted_days_late / cash)::double as days_late_weighted,
        -- Average days beyond terms of the open charges, taken at 15, 45, 75 and 105 days for the buckets past due;
        -- null without any.
        (weighted_age / nullif(open_charges_amount, 0))::double as days_beyond_terms_open_book,
        -- Share of the closed invoices whose last money came more than 4 days after the due date, 0 to 1; null when none
        -- was closed.
        (late_closed_count / nullif(closed_count, 0))::double as late_rate,
        -- Share of the money received that came after the due date, 0 to 1; null without payments.
        (late_amount / cash)::double as amount_late_rate,
        -- Share of the closed invoices and of the open charges more than 4 days past due that are late, 0 to 1; null
        -- when there are none.
        late_or_overdue_rate,
        -- Days sales outstanding: open charges divided by credit sales, times days; null unless more was sold than
        -- credited in the period.
        dso_simple,
        -- Days sales outstanding, counted back month by month; null when sales on record never reach the open charges.
        dso_countback,
        -- Days sales outstanding if nothing were overdue; null unless more was sold than credited in the period.
        best_possible_dso,
        -- Average days delinquent: simple less best possible days sales outstanding, 0 when nothing is overdue; null
        -- unless more was sold than credited in the period.
        (dso_simple - best_possible_dso)::double as add_days,
        -- Collection effectiveness index: percent collected of what was collected in the period or is overdue, 0 to
        -- 100; null when nothing was collected and nothing is overdue.
        (
            collected_amount / nullif(collected_amount + open_charges_amount - open_current_amount, 0) * 100
        )::double as cei_pct,
        -- Payment score in points, 0 to 100, weighted by money, open overdue charges with their age so far: 80 is on
        -- time; null without payments and overdue charges.
        pay_score,
        -- Payment score in points, 0 to 100, weighted by money, open overdue charges with their age so far: 80 is on
        -- time; null below 3 payments and charges more than 4 days overdue.
        if(is_judged, pay_score, null) as paydex_style_score,
        -- Change of the average days beyond terms, the last 90 days against the 90 days earlier; null below 3 payments
        -- in either.
        if(has_trend, trend_days, null)::double as trend_days,

        realm_id,  -- QuickBooks id of the company (realm).
        rates.customer_id,  -- QuickBooks id of the customer billed; null at level family.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        rates.root_customer_id,
    from rates
    join companies using (realm_id)
    left join customer_levels using (realm_id, level, level_customer_id)
)

select * from final
