-- When each open invoice is expected to be paid: the day by which half of such invoices are.
-- One row per day of core.payment_fits and invoice open at its end.
-- The median is sought only between the two horizons of core.payment_chances that it lies between.
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

brackets as (
    select
        realm_id,
        known_until,
        invoice_id,
        any_value(survival_now) as survival_now,
        coalesce(max(within_days) filter (where survival_then > survival_now / 2), 0) as days_before,
        min(within_days) filter (where survival_then <= survival_now / 2) as days_by,
    from chances
    group by all
),

candidates as (
    select
        realm_id,
        known_until,
        invoice_id,
        root_customer_id,
        customer_weight,
        survival_now,
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
    where survival_then <= survival_now / 2
    group by all
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        known_until,  -- Day up to which facts were used, of core.payment_fits
        invoice_id,  -- QuickBooks id of an invoice open at the end of that day
        root_customer_id,  -- Top of the customer's chain of parents: whose curve it is

        model_status,  -- fitted or insufficient_data, as in core.payment_fits
        age_days,  -- Age of the invoice on that day
        customer_paid_count,  -- Paid invoices of the customer and its jobs by then
        customer_weight,  -- Weight of the customer's curve
        -- Days until half of such invoices are paid; null when half are not within 365
        coalesce(expected_days, days_by)::integer as expected_days,
    from payment_ages
    join brackets using (realm_id, known_until, invoice_id)
    left join earlier using (realm_id, known_until, invoice_id)
)

select * from final
