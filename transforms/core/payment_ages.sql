-- One row per day of core.payment_fits and invoice open at its end: how old the invoice was, and how far its customer's
-- own curve counts. The weight of that curve grows with the customer's paid invoices and is their number divided by
-- their number and 5; the company's curve has the rest.
with

payment_fits as (
    select * from core.payment_fits
),

payment_times as (
    select * from core.payment_times
),

customer_counts as (
    select
        realm_id,
        known_until,
        root_customer_id,
        max(curve_paid_count) as paid_count,
    from core.payment_survival
    where scope = 'customer'
    group by all
),

final as (
    select
        -- Whether the curves were fitted: fitted, or insufficient_data below 30 paid invoices of the company, when they
        -- are not to be used.
        payment_fits.model_status,

        payment_fits.known_until,  -- Day up to which facts were used, one of core.payment_fits.

        -- Age of the invoice on that day, in days since its date.
        (payment_fits.known_until - payment_times.txn_date)::integer as age_days,
        -- Number of paid invoices of the customer and its jobs by that day.
        coalesce(paid_count, 0)::integer as customer_paid_count,
        -- Weight of the customer's own curve, 0 to 1; the company's curve has the rest.
        (coalesce(paid_count, 0) / (coalesce(paid_count, 0) + 5))::double as customer_weight,
        payment_fits.is_backtest,  -- True for the earlier day, from which the forecast is put to the test.

        payment_times.realm_id,  -- QuickBooks id of the company (realm).
        payment_times.invoice_id,  -- QuickBooks id of the invoice open at the end of that day.
        payment_times.root_customer_id,  -- QuickBooks id of the customer at the top of the family, who has the curve.
    from payment_times
    join payment_fits using (realm_id)
    left join customer_counts using (realm_id, known_until, root_customer_id)
    where payment_times.txn_date <= payment_fits.known_until
        and (payment_times.closed_date is null or payment_times.closed_date > payment_fits.known_until)
)

select * from final
