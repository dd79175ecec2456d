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
        payment_times.realm_id,  -- QuickBooks company id (realm)
        payment_fits.known_until,  -- Day up to which facts were used, of core.payment_fits
        payment_times.invoice_id,  -- QuickBooks id of an invoice open at the end of that day
        payment_times.root_customer_id,  -- Top of the customer's chain of parents: whose curve it is

        -- fitted, or insufficient_data below 30 paid invoices of the company: then not to be used
        payment_fits.model_status,
        payment_fits.is_backtest,  -- True for the earlier day
        (payment_fits.known_until - payment_times.txn_date)::integer as age_days,  -- Age of the invoice on that day
        -- Paid invoices of the customer and its jobs by then: n of its curve
        coalesce(paid_count, 0)::integer as customer_paid_count,
        -- Weight of the customer's curve, n / (n + 5)
        (coalesce(paid_count, 0) / (coalesce(paid_count, 0) + 5))::double as customer_weight,
    from payment_times
    join payment_fits using (realm_id)
    left join customer_counts using (realm_id, known_until, root_customer_id)
    where payment_times.txn_date <= payment_fits.known_until
        and (payment_times.closed_date is null or payment_times.closed_date > payment_fits.known_until)
)

select * from final
