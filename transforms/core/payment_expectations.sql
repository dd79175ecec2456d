-- One row per day of core.payment_fits and invoice open at its end: when the invoice is expected to be paid, which is
-- the day by which half of such invoices are, or, where half are not within 365 days, half of those that are. The median
-- is sought only between the two horizons of core.payment_chances that it lies between.
with

payment_ages as (
    select * from core.payment_ages
),

chances as (
    select * from core.payment_chances
),

survival as (
    select * from core.payment_survival
),

company_survival as (
    select * from survival where scope = 'company'
),

customer_survival as (
    select * from survival where scope = 'customer'
),

targets as (
    select
        realm_id,
        known_until,
        invoice_id,
        survival_now,
        max(survival_then) filter (where within_days = 365) as survival_last,
        if(survival_last <= survival_now / 2, survival_now / 2, (survival_now + survival_last) / 2) as target_survival,
    from chances
    group by realm_id, known_until, invoice_id, survival_now
    having survival_last < survival_now
),

brackets as (
    select
        targets.*,
        coalesce(max(within_days) filter (where survival_then > target_survival), 0) as days_before,
        min(within_days) filter (where survival_then <= target_survival) as days_by,
    from targets
    join chances using (realm_id, known_until, invoice_id)
    group by all
),

candidates as (
    select
        realm_id,
        known_until,
        invoice_id,
        root_customer_id,
        customer_weight,
        target_survival,
        unnest(range(days_before + 1, days_by)) as within_days,
        age_days + within_days as age_then,
    from payment_ages
    join brackets using (realm_id, known_until, invoice_id)
),

of_company as (
    select
        candidates.*,
        coalesce(company_survival.survival, 1) as company_survival,
    from candidates
    asof left join company_survival
        on company_survival.realm_id = candidates.realm_id
        and company_survival.known_until = candidates.known_until
        and company_survival.age_days <= candidates.age_then
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

earlier as (
    select
        realm_id,
        known_until,
        invoice_id,
        min(within_days) as expected_days,
    from blended
    where survival_then <= target_survival
    group by all
),

final as (
    select
        -- Whether the curves were fitted: fitted, or insufficient_data below 30 paid invoices of the company.
        model_status,

        known_until,  -- Day up to which facts were used, one of core.payment_fits.

        age_days,  -- Age of the invoice on that day, in days since its date.
        customer_paid_count,  -- Number of paid invoices of the customer and its jobs by that day.
        customer_weight,  -- Weight of the customer's own curve, 0 to 1; the company's curve has the rest.
        -- Days from that day until half of such invoices are paid; where fewer than half are within 365 days, until half
        -- of the invoices paid by then are; null when none is paid any more.
        coalesce(expected_days, days_by)::integer as expected_days,

        realm_id,  -- QuickBooks id of the company (realm).
        invoice_id,  -- QuickBooks id of the invoice open at the end of that day.
        root_customer_id,  -- QuickBooks id of the customer at the top of the family, who has the curve.
    from payment_ages
    left join brackets using (realm_id, known_until, invoice_id)
    left join earlier using (realm_id, known_until, invoice_id)
)

select * from final
