-- One row per level, customer or family, and period: what stood open, what was charged and what was sold on credit, the
-- base of days sales outstanding and of collection effectiveness. The period is the last 90 days, the last 365 days, or
-- all since the first document of the books' history. Open charges are gross: credits and payments not used up are a
-- liability and stand beside. In home currency. Read one level.
with

companies as (
    select * from core.companies
),

receivables as (
    select
        *,
        unnest(['family', 'customer']) as level,
        unnest([root_customer_id, customer_id]) as level_customer_id,
    from core.receivables
    join companies using (realm_id)
    where txn_date <= as_of_date and not is_voided
),

balances as (
    select
        *,
        unnest(['family', 'customer']) as level,
        unnest([root_customer_id, customer_id]) as level_customer_id,
    from core.receivable_balances
    where open_home > 0
),

open_charges as (
    select
        *,
        unnest(['family', 'customer']) as level,
        unnest([root_customer_id, customer_id]) as level_customer_id,
    from core.open_receivables
),

movements as (
    select * from core.receivable_movements
),

periods as (
    select
        realm_id,
        level,
        level_customer_id,
        root_customer_id,
        as_of_date,
        least(greatest(min(txn_date), history_start_date), as_of_date) as first_date,
        unnest(['90d', '365d', 'all']) as period,
        unnest([as_of_date - 90, as_of_date - 365, first_date - 1]) as after_date,
        as_of_date - after_date as days,
    from receivables
    group by realm_id, level, level_customer_id, root_customer_id, as_of_date, history_start_date
),

credit_sales as (
    select
        realm_id,
        as_of_date,
        txn_date,
        sales_amount,
        unnest(['family', 'customer']) as level,
        unnest([root_customer_id, customer_id]) as level_customer_id,
    from core.credit_sales
    join companies using (realm_id)
),

sold as (
    select realm_id, level, level_customer_id, period, sum(sales_amount) as credit_sales
    from periods
    join credit_sales using (realm_id, level, level_customer_id)
    where txn_date > after_date
    group by all
),

charged as (
    select realm_id, level, level_customer_id, period, sum(ar_home) as charged_amount
    from periods
    join receivables using (realm_id, level, level_customer_id)
    where ar_home > 0 and txn_date > after_date
    group by all
),

-- Credit memos and credits of journal entries that settled charges: these were not collected.
used_credits as (
    select
        realm_id,
        level,
        level_customer_id,
        movement_date,
        amount * exchange_rate as used_amount,
    from movements
    join receivables using (realm_id, doc_type, doc_id, line_no, customer_id)
    where movement <> 'posted' and amount > 0 and doc_type in ('CreditMemo', 'JournalEntry')
),

credited as (
    select realm_id, level, level_customer_id, period, sum(used_amount) as credited_amount
    from periods
    join used_credits using (realm_id, level, level_customer_id)
    where movement_date > after_date and movement_date <= as_of_date
    group by all
),

ending as (
    select
        realm_id,
        level,
        level_customer_id,
        coalesce(sum(open_home) filter (where open_home > 0), 0) as ending_charges,
        coalesce(sum(open_home) filter (where open_home > 0 and bucket = 'current'), 0) as ending_current,
        coalesce(-sum(open_home) filter (where open_home < 0), 0) as unapplied_credits,
    from open_charges
    group by all
),

months as (
    select
        realm_id,
        level,
        level_customer_id,
        as_of_date,
        date_trunc('month', txn_date)::date as month_start,
        least(last_day(txn_date), as_of_date) as month_end,
        sum(sales_amount) as month_sales,
    from credit_sales
    group by all
),

months_back as (
    select
        *,
        sum(month_sales) over (
            partition by realm_id, level, level_customer_id
            order by month_start desc
            rows between unbounded preceding and current row
        ) as sales_back,
    from months
),

countback as (
    select
        realm_id,
        level,
        level_customer_id,
        min_by(
            (as_of_date - month_end)
            + (ending_charges - (sales_back - month_sales)) / month_sales * (month_end - month_start + 1),
            as_of_date - month_end
        ) as dso_countback,
    from months_back
    join ending using (realm_id, level, level_customer_id)
    where ending_charges > 0 and month_sales > 0 and sales_back >= ending_charges
    group by all
),

opening as (
    select
        realm_id,
        level,
        level_customer_id,
        period,
        sum(open_home) as opening_charges,
    from balances
    join periods using (realm_id, level, level_customer_id)
    where from_date <= after_date and (until_date is null or until_date > after_date) and period <> 'all'
    group by all
),

final as (
    select
        periods.level,  -- Level of the row: family, or customer for a single customer, job or sub-customer.
        periods.period,  -- Period up to the run's date: 90d, 365d or all.

        periods.after_date,  -- Day before the first day of the period.
        periods.as_of_date,  -- Day at whose end the period closes.

        -- Number of days in the period; of the period all, the days since the first document.
        periods.days::integer as days,
        -- Revenue sold on account in the period, tax included, in home currency: by invoices less credit memos, and by
        -- journal entries that put it into receivables.
        coalesce(credit_sales, 0)::decimal(18, 2) as credit_sales,
        -- Charges of the period to accounts receivable, be it by invoice or journal entry, in home currency.
        coalesce(charged_amount, 0)::decimal(18, 2) as charges_amount,
        -- Open charges before the period, before credits, in home currency; 0 for the period all.
        coalesce(opening_charges, 0)::decimal(18, 2) as opening_charges_amount,
        -- Open charges on the run's date, before credits, in home currency.
        coalesce(ending_charges, 0)::decimal(18, 2) as open_charges_amount,
        -- Open charges on the run's date that are not yet due, before credits, in home currency.
        coalesce(ending_current, 0)::decimal(18, 2) as open_current_amount,
        -- Credits and payments not used up on the run's date, as a positive amount in home currency.
        coalesce(unapplied_credits, 0)::decimal(18, 2) as unapplied_credits,
        -- Charges collected in the period in home currency: what was open or charged and is open no more, without what
        -- credit memos and credits of journal entries settled.
        greatest(
            0,
            coalesce(opening_charges, 0) + coalesce(charged_amount, 0) - coalesce(ending_charges, 0)
            - round(coalesce(credited_amount, 0), 2)
        )::decimal(18, 2) as collected_amount,
        -- Days sales outstanding, counted back month by month on the run's date, in days; null when the sales on record
        -- never reach the open charges.
        if(coalesce(ending_charges, 0) = 0, 0, dso_countback)::double as dso_countback,

        periods.realm_id,  -- QuickBooks id of the company (realm).
        -- QuickBooks id that names the row within its level: of the customer, or of the one at the top of the family.
        periods.level_customer_id,
        -- QuickBooks id of the customer on the documents; null at level family.
        if(periods.level = 'customer', periods.level_customer_id, null) as customer_id,
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        periods.root_customer_id,
    from periods
    left join sold using (realm_id, level, level_customer_id, period)
    left join charged using (realm_id, level, level_customer_id, period)
    left join credited using (realm_id, level, level_customer_id, period)
    left join opening using (realm_id, level, level_customer_id, period)
    left join ending using (realm_id, level, level_customer_id)
    left join countback using (realm_id, level, level_customer_id)
)

select * from final
