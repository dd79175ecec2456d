-- One row per company and month of marts.receivables_by_month: how fast credit comes back, how old it is, how it rolls
-- on, what of it is lost, and on whom it rests. In home currency. Charges are gross: credits and unapplied payments
-- are a liability and stand beside them.
with

months as (
    select * from marts.receivables_by_month
),

companies as (
    select * from core.companies
),

receivables as (
    select * from core.month_end_receivables
),

days_outstanding as (
    select * from core.days_outstanding
),

invoices as (
    select * from core.receivables where doc_type = 'Invoice'
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

rolls as (
    select * from core.receivable_rolls
),

loss_rates as (
    select * from core.loss_rates
),

aged as (
    select
        realm_id,
        month_start,
        sum(open_home) filter (where open_home > 0) as open_amount,
        coalesce(sum(open_home) filter (where open_home > 0 and bucket = 'current'), 0) as current_amount,
        coalesce(sum(open_home) filter (where open_home > 0 and bucket = '1-30'), 0) as d1_30_amount,
        coalesce(sum(open_home) filter (where open_home > 0 and bucket = '31-60'), 0) as d31_60_amount,
        coalesce(sum(open_home) filter (where open_home > 0 and bucket = '61-90'), 0) as d61_90_amount,
        coalesce(sum(open_home) filter (where open_home > 0 and bucket = '91+'), 0) as d91_plus_amount,
        -sum(open_home) filter (where is_cash) as unapplied_cash,
        -sum(open_home) filter (where is_cash and days_past_due <= 30) as unapplied_0_30,
        -sum(open_home) filter (where is_cash and days_past_due between 31 and 60) as unapplied_31_60,
        -sum(open_home) filter (where is_cash and days_past_due between 61 and 90) as unapplied_61_90,
        -sum(open_home) filter (where is_cash and days_past_due > 90) as unapplied_91_plus,
    from (select *, open_home < 0 and doc_type in ('Payment', 'Deposit') as is_cash from receivables)
    group by all
),

largest as (
    select realm_id, month_start, sum(family_amount) as top_ten_amount
    from (
        select realm_id, month_start, root_customer_id, sum(open_home) as family_amount
        from receivables
        where open_home > 0
        group by realm_id, month_start, root_customer_id
        qualify row_number() over (
            partition by realm_id, month_start
            order by family_amount desc, root_customer_id
        ) <= 10
    )
    group by all
),

limits as (
    select realm_id, customer_id as ancestor_customer_id, credit_limit
    from core.customers
    join companies using (realm_id)
    where credit_limit > 0 and currency is not distinct from home_currency
),

limit_totals as (
    select realm_id, sum(credit_limit) as credit_limit_amount
    from limits
    group by all
),

limit_uses as (
    select
        realm_id,
        month_start,
        ancestor_customer_id,
        any_value(credit_limit) as credit_limit,
        greatest(0, sum(open_home)) as used_amount,
    from limits
    join core.customer_family using (realm_id, ancestor_customer_id)
    join receivables using (realm_id, customer_id)
    group by all
),

limited as (
    select
        realm_id,
        month_start,
        sum(used_amount) as credit_limit_used_amount,
        sum(greatest(0, used_amount - credit_limit)) as over_limit_amount,
        count(*) filter (where used_amount > credit_limit) as over_limit_count,
    from limit_uses
    group by all
),

granted as (
    select
        realm_id,
        date_trunc('month', txn_date)::date as month_start,
        sum(ar_home::decimal(28, 2) * (due_date - txn_date)) / sum(ar_home) as terms_days,
    from invoices
    where ar_home > 0
    group by all
),

paid as (
    select
        realm_id,
        date_trunc('month', payment_date)::date as month_start,
        sum(cash_home::decimal(28, 2) * greatest(0, days_to_pay)) / sum(cash_home) as days_to_pay,
        sum(if(days_late > 0, cash_home, 0)) / sum(cash_home) as amount_late_rate,
    from settlements
    group by all
),

closed as (
    select
        realm_id,
        date_trunc('month', paid_in_full_date)::date as month_start,
        count(*) as closed_count,
        count(*) filter (where was_late) as late_closed_count,
    from invoice_payments
    where is_closed and cash_paid > 0
    group by all
),

rolled as (
    select
        realm_id,
        month_start,
        max(rolled_home / nullif(opening_home, 0)) filter (where bucket = 'current') as current_roll,
        max(rolled_home / nullif(opening_home, 0)) filter (where bucket = '1-30') as d1_30_roll,
        max(rolled_home / nullif(opening_home, 0)) filter (where bucket = '31-60') as d31_60_roll,
        max(rolled_home / nullif(opening_home, 0)) filter (where bucket = '61-90') as d61_90_roll,
    from rolls
    group by all
),

losses as (
    select
        realm_id,
        month_start,
        max(loss_rate) filter (where bucket = 'current') as current_loss,
        max(loss_rate) filter (where bucket = '1-30') as d1_30_loss,
        max(loss_rate) filter (where bucket = '31-60') as d31_60_loss,
        max(loss_rate) filter (where bucket = '61-90') as d61_90_loss,
        max(loss_rate) filter (where bucket = '91+') as d91_plus_loss,
    from loss_rates
    group by all
),

written_off as (
    select
        realm_id,
        date_trunc('month', txn_date)::date as month_start,
        sum(written_off_amount) as written_off_amount,
    from core.write_offs
    group by all
),

final as (
    select
        months.company_name,  -- Name of the company whose books these are.

        months.month_start,  -- First day of the month.
        months.month_end,  -- Last day of the month; of the current month, the run's date.
        months.as_of_date,  -- Day at whose end the figures stand.

        months.open_charges_amount,  -- Open charges at the month's end, before credits, in home currency.
        -- Revenue sold on account in the 90 days up to the month's end, tax included, in home currency.
        days_outstanding.credit_sales_90d,
        -- Revenue sold on account in the 365 days up to the month's end, tax included, in home currency.
        days_outstanding.credit_sales_365d,
        -- Days sales outstanding of 90 days: open charges divided by the credit sales of 90 days, times 90; null in the
        -- first 90 days with sales on credit, and unless more was sold than credited.
        days_outstanding.dso_90d,
        -- Days sales outstanding of 12 months: open charges divided by the credit sales of 365 days, times 365; null in
        -- the first 365 days with sales on credit, and unless more was sold than credited.
        days_outstanding.dso_365d,
        -- Days sales outstanding, counted back month by month until the receivable is used up (exhaustion method), as
        -- in marts.receivables_by_month; null when sales on record never reach the receivable.
        months.dso_countback,
        -- True days sales outstanding (Credit Research Foundation), in days: each open invoice's age times its open
        -- amount, divided by the credit sales of its own month; null where such a month sold no more than it credited.
        days_outstanding.true_dso,
        -- Sales weighted days sales outstanding, in days: what is open of each month of sale, divided by that month's
        -- credit sales, times its days; null where such a month sold no more than it credited.
        days_outstanding.sales_weighted_dso,
        -- Average age in days of the open invoices since their dates, weighted by the open amounts; null when none is
        -- open.
        days_outstanding.mean_age_days,
        -- Turnover of the accounts receivable, in times a year, or number of times collected: credit sales of 365 days
        -- divided by the mean of the open charges at the month's end and a year before; null in the first year.
        days_outstanding.ar_turnover,
        -- Share of the open charges that is not yet due, 0 to 1; null when no charge is open.
        (current_amount / open_amount)::double as current_share,
        -- Share of the open charges that is 1 to 30 days past due, 0 to 1; null when no charge is open.
        (d1_30_amount / open_amount)::double as d1_30_share,
        -- Share of the open charges that is 31 to 60 days past due, 0 to 1; null when no charge is open.
        (d31_60_amount / open_amount)::double as d31_60_share,
        -- Share of the open charges that is 61 to 90 days past due, 0 to 1; null when no charge is open.
        (d61_90_amount / open_amount)::double as d61_90_share,
        -- Share of the open charges that is 91 or more days past due, 0 to 1; null when no charge is open.
        (d91_plus_amount / open_amount)::double as d91_plus_share,
        -- Roll rate, 0 to 1: share of the charges not yet due a month before that are now 1 or more days past due; null
        -- when there were none.
        current_roll::double as current_roll_rate,
        -- Roll rate, 0 to 1: share of the charges 1 to 30 days past due a month before that are now 31 or more days
        -- past due; null when there were none.
        d1_30_roll::double as d1_30_roll_rate,
        -- Roll rate, 0 to 1: share of the charges 31 to 60 days past due a month before that are now 61 or more days
        -- past due; null when there were none.
        d31_60_roll::double as d31_60_roll_rate,
        -- Roll rate, 0 to 1: share of the charges 61 to 90 days past due a month before that are now 91 or more days
        -- past due; null when there were none.
        d61_90_roll::double as d61_90_roll_rate,
        -- Loss rate of charges not yet due, 0 to 1, by what became of such charges in twelve months; null where none
        -- came to an end.
        current_loss as current_loss_rate,
        -- Loss rate of charges 1 to 30 days past due, 0 to 1, by what became of such charges in twelve months; null
        -- where none came to an end.
        d1_30_loss as d1_30_loss_rate,
        -- Loss rate of charges 31 to 60 days past due, 0 to 1, by what became of such charges in twelve months; null
        -- where none came to an end.
        d31_60_loss as d31_60_loss_rate,
        -- Loss rate of charges 61 to 90 days past due, 0 to 1, by what became of such charges in twelve months; null
        -- where none came to an end.
        d61_90_loss as d61_90_loss_rate,
        -- Loss rate of charges 91 or more days past due, 0 to 1: the written-off part of what was paid or written off
        -- in twelve months; null where nothing was.
        d91_plus_loss as d91_plus_loss_rate,
        -- Expected credit loss of the open charges by provision matrix (IFRS 9, B5.5.35), in home currency: each
        -- bucket's charges times its loss rate; null where charges are open whose rate is null.
        if(open_amount is null, 0, round(
            if(current_amount = 0, 0, current_amount * current_loss)
            + if(d1_30_amount = 0, 0, d1_30_amount * d1_30_loss)
            + if(d31_60_amount = 0, 0, d31_60_amount * d31_60_loss)
            + if(d61_90_amount = 0, 0, d61_90_amount * d61_90_loss)
            + if(d91_plus_amount = 0, 0, d91_plus_amount * d91_plus_loss),
            2
        ))::decimal(18, 2) as expected_credit_loss_amount,
        -- Bad debt written off in the month, without tax, less what came back of earlier write-offs, in home currency.
        coalesce(written_off_amount, 0)::decimal(18, 2) as written_off_amount,
        -- Share of the open charges that the ten families with the most hold, 0 to 1; null when no charge is open.
        (top_ten_amount / open_amount)::double as top_ten_share,
        -- Sum of the credit limits that customers in home currency have today, in home currency; null where none has.
        credit_limit_amount::decimal(18, 2) as credit_limit_amount,
        -- Receivable of the customers with a credit limit and everyone below them, net of credits, in home currency.
        if(credit_limit_amount is null, null, coalesce(credit_limit_used_amount, 0))::decimal(18, 2) as credit_limit_used_amount,
        -- Receivable beyond the customers' credit limits, in home currency; null where nobody has one.
        if(credit_limit_amount is null, null, coalesce(over_limit_amount, 0))::decimal(18, 2) as over_limit_amount,
        -- Number of customers who owed more than their credit limit; null where nobody has one.
        if(credit_limit_amount is null, null, coalesce(over_limit_count, 0))::integer as over_limit_count,
        -- Days from date to due date of the month's invoices, weighted by their amounts; null without invoices.
        terms_days::double as terms_days_weighted,
        -- Days from invoice to payment of the month's payments, prepayments counted as 0, weighted by money; null
        -- without payments.
        days_to_pay::double as days_to_pay_weighted,
        -- Number of invoices closed in the month with at least some money.
        coalesce(closed_count, 0)::integer as closed_count,
        -- Share of the invoices closed in the month whose last money came more than 4 days late, 0 to 1; null when none was
        -- closed.
        (late_closed_count / closed_count)::double as late_rate,
        -- Share of the money received in the month for invoices that came after the due date, 0 to 1; null without
        -- payments.
        amount_late_rate::double as amount_late_rate,
        -- Payments and deposits not applied to anything at the month's end, as a positive amount in home currency.
        coalesce(unapplied_cash, 0)::decimal(18, 2) as unapplied_cash_amount,
        -- Unapplied payments and deposits 0 to 30 days old, as a positive amount in home currency.
        coalesce(unapplied_0_30, 0)::decimal(18, 2) as unapplied_cash_0_30_amount,
        -- Unapplied payments and deposits 31 to 60 days old, as a positive amount in home currency.
        coalesce(unapplied_31_60, 0)::decimal(18, 2) as unapplied_cash_31_60_amount,
        -- Unapplied payments and deposits 61 to 90 days old, as a positive amount in home currency.
        coalesce(unapplied_61_90, 0)::decimal(18, 2) as unapplied_cash_61_90_amount,
        -- Unapplied payments and deposits 91 or more days old, as a positive amount in home currency.
        coalesce(unapplied_91_plus, 0)::decimal(18, 2) as unapplied_cash_91_plus_amount,
        months.is_complete,  -- False for the month of the run's date while it lasts.

        months.realm_id,  -- QuickBooks id of the company (realm).
    from months
    left join days_outstanding using (realm_id, month_start)
    left join aged using (realm_id, month_start)
    left join largest using (realm_id, month_start)
    left join limit_totals using (realm_id)
    left join limited using (realm_id, month_start)
    left join granted using (realm_id, month_start)
    left join paid using (realm_id, month_start)
    left join closed using (realm_id, month_start)
    left join rolled using (realm_id, month_start)
    left join losses using (realm_id, month_start)
    left join written_off using (realm_id, month_start)
)

select * from final
