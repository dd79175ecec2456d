-- When each open invoice will probably be paid, and how much of it to expect by then. One row per open invoice.
-- From how long paid invoices took, the customer's own as far as there are any; see marts.model_scores for how well.
with

payment_fits as (
    select * from core.payment_fits where not is_backtest
),

open_invoices as (
    select * from core.open_receivables where doc_type = 'Invoice' and open_amount > 0
),

chances as (
    select *
    from core.payment_chances
    join payment_fits using (realm_id, known_until)
    where model_status = 'fitted' and within_days in (7, 14, 30, 60, 90)
),

expectations as (
    select *, invoice_id as doc_id
    from core.payment_expectations
    semi join payment_fits using (realm_id, known_until)
),

horizons as (
    select
        realm_id,
        invoice_id as doc_id,
        (max(p_paid) filter (where within_days = 7))::decimal(20, 6) as p_7d,
        (max(p_paid) filter (where within_days = 14))::decimal(20, 6) as p_14d,
        (max(p_paid) filter (where within_days = 30))::decimal(20, 6) as p_30d,
        (max(p_paid) filter (where within_days = 60))::decimal(20, 6) as p_60d,
        (max(p_paid) filter (where within_days = 90))::decimal(20, 6) as p_90d,
    from chances
    group by all
),

final as (
    select
        open_invoices.realm_id,  -- QuickBooks company id (realm)
        open_invoices.doc_id as invoice_id,  -- QuickBooks id of the invoice
        open_invoices.customer_id,  -- Customer billed
        open_invoices.root_customer_id,  -- Top of that customer's chain of parents: whose habits count

        open_invoices.customer_name,  -- Name of the customer billed
        open_invoices.doc_number,  -- Invoice number
        open_invoices.currency,  -- Currency of the invoice
        expectations.model_status,  -- fitted, or insufficient_data below 30 paid invoices of the company

        open_invoices.open_amount,  -- Still open, in the invoice's currency
        open_invoices.open_home,  -- Still open in home currency at the invoice's rate

        expectations.age_days,  -- Days since the invoice's date
        open_invoices.days_past_due,  -- Days since the due date; 0 when not yet due
        expectations.customer_paid_count,  -- Paid invoices of the customer and its jobs: n of their own curve
        expectations.customer_weight,  -- Weight of that curve, n / (n + 5); the rest is the company's

        p_7d::double as p_7d,  -- Probability of being paid in full within 7 days; null when the model is not fitted
        p_14d::double as p_14d,  -- The same within 14 days
        p_30d::double as p_30d,  -- Within 30 days
        p_60d::double as p_60d,  -- Within 60 days
        p_90d::double as p_90d,  -- Within 90 days
        -- Expected within 7 days, in home currency: open times probability
        round(open_home * p_7d, 2)::decimal(18, 2) as expected_7d_amount,
        round(open_home * p_14d, 2)::decimal(18, 2) as expected_14d_amount,  -- Within 14 days
        round(open_home * p_30d, 2)::decimal(18, 2) as expected_30d_amount,  -- Within 30 days
        round(open_home * p_60d, 2)::decimal(18, 2) as expected_60d_amount,  -- Within 60 days
        round(open_home * p_90d, 2)::decimal(18, 2) as expected_90d_amount,  -- Within 90 days

        open_invoices.as_of_date,  -- Day whose end this describes
        open_invoices.txn_date,  -- Date of the invoice
        open_invoices.due_date,  -- Due date, else date plus terms, else date
        -- Day by which half of such invoices are paid; null when half are not within a year, or the model is not fitted
        if(model_status = 'fitted', open_invoices.as_of_date + expected_days, null) as expected_payment_date,
    from open_invoices
    join expectations using (realm_id, doc_id)
    left join horizons using (realm_id, doc_id)
)

select * from final
