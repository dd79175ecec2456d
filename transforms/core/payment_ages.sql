-- How old each open invoice was, and how far its customer's own curve counts for it.
-- One row per day of core.payment_fits and invoice open at its end.
-- The curve weighs n / (n + 5), n being the customer's paid invoices; the company's has the rest.
with

payment_fits as (
    select * from core.payment_fits
),

payment_times as (
    select * from core.payment_times
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

customer_counts as (
    select
        realm_id,
        known_until,
        root_customer_id,
        max(curve_paid_count) as paid_count,
    from customer_survival
    group by all
),

open_then as (
    select
        payment_times.realm_id,
        known_until,
        invoice_id,
        root_customer_id,
        model_status,
        is_backtest,
        (known_until - txn_date)::integer as age_days,
        coalesce(paid_count, 0) as customer_paid_count,
        customer_paid_count / (customer_paid_count + 5) as customer_weight,
    from payment_times
    join payment_fits using (realm_id)
    left join customer_counts using (realm_id, known_until, root_customer_id)
    where txn_date <= known_until and (closed_date is null or closed_date > known_until)
),

of_company as (
    select
        open_then.*,
        coalesce(company_survival.survival, 1) as company_survival,
    from open_then
    asof left join company_survival
        on company_survival.realm_id = open_then.realm_id
        and company_survival.known_until = open_then.known_until
        and company_survival.age_days <= open_then.age_days
),

blended as (
    select
        of_company.*,
        customer_weight * coalesce(customer_survival.survival, 1)
            + (1 - customer_weight) * company_survival as survival_now,
    from of_company
    asof left join customer_survival
        on customer_survival.realm_id = of_company.realm_id
        and customer_survival.known_until = of_company.known_until
        and customer_survival.root_customer_id = of_company.root_customer_id
        and customer_survival.age_days <= of_company.age_days
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        known_until,  -- Day up to which facts were used, of core.payment_fits
        invoice_id,  -- QuickBooks id of an invoice open at the end of that day
        root_customer_id,  -- Top of the customer's chain of parents: whose curve it is

        model_status,  -- fitted, or insufficient_data below 30 paid invoices of the company: then not to be used
        is_backtest,  -- True for the earlier day
        age_days,  -- Age of the invoice on that day
        customer_paid_count::integer as customer_paid_count,  -- Paid invoices of the customer and its jobs by then: n of its curve
        customer_weight::double as customer_weight,  -- Weight of the customer's curve, n / (n + 5)
        survival_now::double as survival_now,  -- Share of such invoices still unpaid at that age, by both curves
    from blended
)

select * from final
