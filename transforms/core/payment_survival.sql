-- One row per curve and age at which an invoice was paid, for each day of core.payment_fits: the share of invoices not
-- yet paid by their age, of a company and of each of its customers (Kaplan-Meier). The event is being paid in full with
-- money; open invoices count up to that day, those a credit closed up to then.
with

payment_times as (
    select * from core.payment_times
),

payment_fits as (
    select * from core.payment_fits
),

observations as (
    select
        realm_id,
        known_until,
        root_customer_id,
        (least(closed_date, known_until) - txn_date)::integer as age_days,
        is_paid and closed_date <= known_until as is_paid,
    from payment_times
    join payment_fits using (realm_id)
    where txn_date <= known_until
),

by_customer as (
    select
        realm_id,
        known_until,
        root_customer_id,
        age_days,
        count(*) as closing_count,
        count(*) filter (where is_paid) as paid_count,
    from observations
    group by all
),

by_company as (
    select
        realm_id,
        known_until,
        null::varchar as root_customer_id,
        age_days,
        sum(closing_count) as closing_count,
        sum(paid_count) as paid_count,
    from by_customer
    group by all
),

steps as (
    select 'customer' as scope, * from by_customer
    union all
    select 'company' as scope, * from by_company
),

at_risk as (
    select
        *,
        sum(closing_count) over (by_age rows between current row and unbounded following) as at_risk_count,
        sum(closing_count) over (by_age rows between unbounded preceding and unbounded following) as invoice_count,
        sum(paid_count) over (by_age rows between unbounded preceding and unbounded following) as curve_paid_count,
    from steps
    window by_age as (partition by realm_id, known_until, scope, root_customer_id order by age_days)
),

final as (
    select
        scope,  -- Whose curve it is: company for all invoices, or customer for those of one customer and its jobs.

        known_until,  -- Day up to which facts were used, one of core.payment_fits.

        age_days,  -- Age of the invoices in days since their date.
        at_risk_count::integer as at_risk_count,  -- Number of invoices that reached this age unpaid.
        paid_count::integer as paid_count,  -- Number of invoices paid in full with money at this age.
        -- Number of invoices of the curve that were paid, on which its shape rests.
        curve_paid_count::integer as curve_paid_count,
        invoice_count::integer as invoice_count,  -- Number of invoices of the curve, open and credited ones too.
        -- Share of the invoices that are unpaid after this age, 0 to 1; holds until the age of the next row, and is 1
        -- before the first.
        product(1 - paid_count / at_risk_count) over (
            partition by realm_id, known_until, scope, root_customer_id
            order by age_days
            rows between unbounded preceding and current row
        )::double as survival,

        realm_id,  -- QuickBooks id of the company (realm).
        root_customer_id,  -- QuickBooks id of the customer at the top of the family; null for the company's curve.
    from at_risk
    where paid_count > 0
)

select * from final
