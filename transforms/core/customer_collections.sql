-- One row per level and customer or family: what became of its charges so far, in money, written off or overdue. In home
-- currency, up to the run's date. Read one level.
with

companies as (
    select * from core.companies
),

customer_levels as (
    select * from core.customer_levels
),

customer_cash as (
    select
        realm_id,
        unnest(['family', 'customer']) as level,
        unnest([root_customer_id, customer_id]) as level_customer_id,
        cash_home,
        txn_date,
    from core.customer_cash
),

write_offs as (
    select
        realm_id,
        unnest(['family', 'customer']) as level,
        unnest([root_customer_id, customer_id]) as level_customer_id,
        written_off_amount,
        txn_date,
    from core.write_offs
),

open_charges as (
    select
        realm_id,
        unnest(['family', 'customer']) as level,
        unnest([root_customer_id, customer_id]) as level_customer_id,
        open_home,
        days_past_due,
    from core.open_receivables
    where open_home > 0
),

cash as (
    select
        realm_id,
        level,
        level_customer_id,
        sum(cash_home) as cash_amount,
        max(txn_date) filter (where cash_home > 0) as last_cash_date,
    from customer_cash
    group by all
),

written_off as (
    select
        realm_id,
        level,
        level_customer_id,
        sum(written_off_amount) as written_off_total,
        sum(written_off_amount) filter (where txn_date > as_of_date - 365) as written_off_365d_amount,
    from write_offs
    join companies using (realm_id)
    group by all
),

overdue as (
    select
        realm_id,
        level,
        level_customer_id,
        sum(open_home) as overdue_amount,
        max(days_past_due) as oldest_days_past_due,
    from open_charges
    where days_past_due > 0
    group by all
),

figures as (
    select
        customer_levels.*,
        grace_days,
        last_cash_date,
        coalesce(cash_amount, 0) as cash_amount,
        coalesce(written_off_total, 0) as written_off_amount,
        coalesce(written_off_365d_amount, 0) as written_off_365d_amount,
        coalesce(overdue_amount, 0) as overdue_amount,
        coalesce(oldest_days_past_due, 0) as oldest_days_past_due,
    from customer_levels
    join companies using (realm_id)
    left join cash using (realm_id, level, level_customer_id)
    left join written_off using (realm_id, level, level_customer_id)
    left join overdue using (realm_id, level, level_customer_id)
),

final as (
    select
        level,  -- Level of the row: family, or customer for a single customer, job or sub-customer.

        last_cash_date,  -- Day on which money last came in; null when it never did.

        -- Money received for what was sold, less money that went back, in home currency.
        cash_amount::decimal(18, 2) as cash_collected,
        written_off_amount::decimal(18, 2) as written_off,  -- Receivables given up so far, positive, in home currency.
        -- Receivables given up in the 365 days up to the run's date, positive, in home currency.
        written_off_365d_amount::decimal(18, 2) as written_off_365d_amount,
        overdue_amount::decimal(18, 2) as overdue_amount,  -- Open charges past due, before credits, in home currency.
        -- Money collected divided by money collected, written off and overdue, 0 to 1; null when there is none of the
        -- three.
        (
            greatest(0, cash_amount)
            / nullif(greatest(0, cash_amount) + greatest(0, written_off_amount) + overdue_amount, 0)
        )::double as collected_rate,
        -- Days past due of the oldest open charge; 0 when none is past due.
        oldest_days_past_due::integer as oldest_days_past_due,
        -- True when no money ever came, less what went back, though a charge is more than 4 days overdue or was written
        -- off.
        cash_amount <= 0 and (oldest_days_past_due > grace_days or written_off_amount > 0) as is_never_paid,

        realm_id,  -- QuickBooks id of the company (realm).
        -- QuickBooks id that names the row within its level: of the customer, or of the one at the top of the family.
        level_customer_id,
        customer_id,  -- QuickBooks id of the customer, job or sub-customer; null at level family.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        root_customer_id,
    from figures
)

select * from final
