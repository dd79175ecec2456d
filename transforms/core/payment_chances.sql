-- One row per day and invoice of core.payment_ages and number of days, 7 to 365: how likely the invoice is paid in full
-- within these days. The probability is 1 less the survival at that age plus the days divided by the survival at that
-- age; the survival is that of the customer's curve and the company's, weighed as core.payment_ages says.
with

payment_ages as (
    select * from core.payment_ages
),

survival as (
    select * from core.payment_survival
),

-- Every day of a century, so that a plain join finds it: half the time of an ASOF join on millions of rows.
company_days as (
    select
        realm_id,
        known_until,
        unnest(range(age_days, lead(age_days, 1, age_days + 36500) over (
            partition by realm_id, known_until
            order by age_days
        ))) as age_then,
        survival as company_survival,
    from survival
    where scope = 'company'
),

customer_survival as (
    select * from survival where scope = 'customer'
),

asked as (
    select
        realm_id,
        known_until,
        invoice_id,
        root_customer_id,
        customer_weight,
        unnest(if(
            is_backtest,
            [0, 7, 14, 30, 60, 90, 180, 365],
            [0, 7, 14, 21, 28, 30, 35, 42, 49, 56, 60, 63, 70, 77, 84, 90, 91, 180, 365]
        )) as within_days,
        age_days + within_days as age_then,
    from payment_ages
),

of_company as (
    select
        asked.*,
        coalesce(company_survival, 1) as company_survival,
    from asked
    left join company_days using (realm_id, known_until, age_then)
),

blended as (
    select
        of_company.*,
        customer_weight * coalesce(customer_survival.survival, 1)
            + (1 - customer_weight) * company_survival as survival_then,
    from of_company
    asof left join customer_survival
        on customer_survival.realm_id = of_company.realm_id
        and customer_survival.known_until = of_company.known_until
        and customer_survival.root_customer_id = of_company.root_customer_id
        and customer_survival.age_days <= of_company.age_then
),

chances as (
    select
        *,
        max(survival_then) over (partition by realm_id, known_until, invoice_id) as survival_now,
    from blended
),

final as (
    select
        known_until,  -- Day up to which facts were used, one of core.payment_fits.

        within_days,  -- Number of days after that day.
        survival_now::double as survival_now,  -- Share of such invoices that are unpaid at the age of that day, 0 to 1.
        survival_then::double as survival_then,  -- Share of such invoices that are unpaid so many days later, 0 to 1.
        -- Probability that the invoice is paid in full within these days, 0 to 1.
        (1 - survival_then / survival_now)::decimal(9, 6) as p_paid,

        realm_id,  -- QuickBooks id of the company (realm).
        invoice_id,  -- QuickBooks id of an invoice open at the end of that day.
    from chances
    where within_days > 0
)

select * from final
