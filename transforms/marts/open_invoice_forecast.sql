-- One row per open invoice: when it will probably be paid, and how much to expect by then. Chances come from how long
-- paid invoices took, the customer's own as far as there are any; marts.model_scores says how well that did.
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
    where model_status = 'fitted' and within_days in (7, 14, 30, 60, 90, 365)
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
        (max(p_paid) filter (where within_days = 365))::decimal(20, 6) as p_365d,
    from chances
    group by all
),

final as (
    select
        open_invoices.company_name,  -- Name of the company whose books these are.
        -- Full name of the customer billed: the names of all levels joined by colons, as Parent:Job.
        open_invoices.customer_name,
        -- Name of the customer at the top of the family, whose habits count: the customer itself where it has no
        -- parent.
        open_invoices.root_customer_name,
        open_invoices.doc_number,  -- Number printed on the invoice.
        open_invoices.currency,  -- Currency of the invoice, as an ISO 4217 code.
        -- State of the payment model: fitted, or insufficient_data below 30 paid invoices of the company.
        expectations.model_status,

        open_invoices.txn_date,  -- Date of the invoice.
        -- Due date of the invoice: as stated, else its date plus the days of its terms, else its date.
        open_invoices.due_date,
        -- Day by which half of such invoices are paid; where fewer than half are within a year, as p_365d says, the day of
        -- half of the invoices paid by then; null when none is paid any more, or the model is not fitted.
        if(model_status = 'fitted', open_invoices.as_of_date + expected_days, null) as expected_payment_date,
        open_invoices.as_of_date,  -- Day at whose end the figures stand.

        open_invoices.open_amount,  -- Amount still open, in the invoice's currency.
        open_invoices.open_home,  -- Amount still open, in home currency at the invoice's rate.
        -- Amount expected within 7 days, in home currency: open amount times probability; null when the model is not
        -- fitted.
        round(open_home * p_7d, 2)::decimal(18, 2) as expected_7d_amount,
        -- Amount expected within 14 days, in home currency: open amount times probability; null when the model is not
        -- fitted.
        round(open_home * p_14d, 2)::decimal(18, 2) as expected_14d_amount,
        -- Amount expected within 30 days, in home currency: open amount times probability; null when the model is not
        -- fitted.
        round(open_home * p_30d, 2)::decimal(18, 2) as expected_30d_amount,
        -- Amount expected within 60 days, in home currency: open amount times probability; null when the model is not
        -- fitted.
        round(open_home * p_60d, 2)::decimal(18, 2) as expected_60d_amount,
        -- Amount expected within 90 days, in home currency: open amount times probability; null when the model is not
        -- fitted.
        round(open_home * p_90d, 2)::decimal(18, 2) as expected_90d_amount,
        -- Probability of being paid in full within 7 days, 0 to 1; null when the model is not fitted.
        p_7d::double as p_7d,
        -- Probability of being paid in full within 14 days, 0 to 1; null when the model is not fitted.
        p_14d::double as p_14d,
        -- Probability of being paid in full within 30 days, 0 to 1; null when the model is not fitted.
        p_30d::double as p_30d,
        -- Probability of being paid in full within 60 days, 0 to 1; null when the model is not fitted.
        p_60d::double as p_60d,
        -- Probability of being paid in full within 90 days, 0 to 1; null when the model is not fitted.
        p_90d::double as p_90d,
        -- Probability of being paid in full within 365 days, 0 to 1: the chance that the expected date comes true at all;
        -- null when the model is not fitted.
        p_365d::double as p_365d,
        expectations.age_days,  -- Days since the invoice's date.
        open_invoices.days_past_due,  -- Days since the due date; 0 when the invoice is not yet due.
        -- Number of paid invoices of the customer's family, from which its own habits are known.
        expectations.customer_paid_count,
        -- Weight of the family's own habits in the probabilities, 0 to 1: paid invoices divided by paid invoices plus
        -- 5; the rest is the company's.
        expectations.customer_weight,

        open_invoices.realm_id,  -- QuickBooks id of the company (realm).
        open_invoices.doc_id as invoice_id,  -- QuickBooks id of the invoice.
        open_invoices.customer_id,  -- QuickBooks id of the customer billed.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        open_invoices.root_customer_id,
    from open_invoices
    join expectations using (realm_id, doc_id)
    left join horizons using (realm_id, doc_id)
)

select * from final
