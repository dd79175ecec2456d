-- One row per open invoice: when it will probably be paid, and how much to expect by then. Chances come from the
-- company's curve of days to pay, moved to the habits of the family; marts.model_scores says how well that did.
with

open_invoices as (
    select * from core.open_receivables where doc_type = 'Invoice' and open_amount > 0
),

chances as (
    select *, invoice_id as doc_id
    from core.payment_chances
    where not is_backtest
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
        -- Which form of the payment model speaks: fitted, or due_date below 5 paid invoices of the company and for an
        -- invoice outside its history, when the expected date is the due date and there are no chances.
        coalesce(chances.model_status, 'due_date') as model_status,

        open_invoices.txn_date,  -- Date of the invoice.
        -- Due date of the invoice: as stated, else its date plus the days of its terms, else its date.
        open_invoices.due_date,
        -- Day by which half of such invoices are paid, if only payments within a year count: the date if it is paid at
        -- all, whose chance is p_365d.
        -- Where the model is not fitted, the due date, or the next day when that has passed.
        coalesce(
            open_invoices.as_of_date + expected_days, greatest(open_invoices.due_date, open_invoices.as_of_date + 1)
        ) as expected_payment_date,
        open_invoices.as_of_date,  -- Day at whose end the figures stand.

        open_invoices.open_amount,  -- Amount still open, in the invoice's currency.
        open_invoices.open_home,  -- Amount still open, in home currency at the invoice's rate.
        -- Amount expected within 7 days, in home currency: open amount times probability; null when the model is not
        -- fitted.
        round(open_home * p_7d::decimal(20, 6), 2)::decimal(18, 2) as expected_7d_amount,
        -- Amount expected within 14 days, in home currency: open amount times probability; null when the model is not
        -- fitted.
        round(open_home * p_14d::decimal(20, 6), 2)::decimal(18, 2) as expected_14d_amount,
        -- Amount expected within 30 days, in home currency: open amount times probability; null when the model is not
        -- fitted.
        round(open_home * p_30d::decimal(20, 6), 2)::decimal(18, 2) as expected_30d_amount,
        -- Amount expected within 60 days, in home currency: open amount times probability; null when the model is not
        -- fitted.
        round(open_home * p_60d::decimal(20, 6), 2)::decimal(18, 2) as expected_60d_amount,
        -- Amount expected within 90 days, in home currency: open amount times probability; null when the model is not
        -- fitted.
        round(open_home * p_90d::decimal(20, 6), 2)::decimal(18, 2) as expected_90d_amount,
        -- Probability of being paid in full within 7 days, 0 to 1; null when the model is not fitted.
        p_7d,
        -- Probability of being paid in full within 14 days, 0 to 1; null when the model is not fitted.
        p_14d,
        -- Probability of being paid in full within 30 days, 0 to 1; null when the model is not fitted.
        p_30d,
        -- Probability of being paid in full within 60 days, 0 to 1; null when the model is not fitted.
        p_60d,
        -- Probability of being paid in full within 90 days, 0 to 1; null when the model is not fitted.
        p_90d,
        -- Probability of being paid in full within 365 days, 0 to 1: the chance that the expected date comes true at all;
        -- null when the model is not fitted.
        p_365d,
        (open_invoices.as_of_date - open_invoices.txn_date)::integer as age_days,  -- Days since the invoice's date.
        open_invoices.days_past_due,  -- Days since the due date; 0 when the invoice is not yet due.
        -- Number of paid invoices of the customer's family, from which its own habits are known; those paid on their own
        -- day not counted.
        coalesce(chances.customer_paid_count, 0)::integer as customer_paid_count,
        -- Weight of the family's own habits in its usual days to pay, 0 to 1; the company's have the rest. Null when the
        -- model is not fitted.
        chances.customer_weight,

        open_invoices.realm_id,  -- QuickBooks id of the company (realm).
        open_invoices.doc_id as invoice_id,  -- QuickBooks id of the invoice.
        open_invoices.customer_id,  -- QuickBooks id of the customer billed.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        open_invoices.root_customer_id,
    from open_invoices
    left join chances using (realm_id, doc_id)
)

select * from final
