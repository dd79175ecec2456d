-- One row per payment line and invoice: what settled the invoice, split into cash and credit, and how late it came. A
-- credit memo linked without a payment counts as line 0 of itself.
with

applications as not materialized (
    select * from core.receivable_applications
),

invoices as (
    select * exclude (line_no), doc_id as target_id from core.receivables where doc_type = 'Invoice'
),

payments as (
    select * from staging.payments
),

debit_lines as (
    select
        realm_id,
        source_id,
        line_no,
        target_type,
        applied_amount,
        (applied_amount * 100)::hugeint as cents,
        sum(cents) over (
            partition by realm_id, source_id
            order by line_no
            rows between unbounded preceding and current row
        ) as running_cents,
        sum(cents) over (partition by realm_id, source_id) as debit_cents,
    from applications
    where source_type = 'Payment' and target_sign = 1
),

cash as (
    select
        realm_id,
        payment_id as source_id,
        greatest(0, total_amount - coalesce(unapplied_amount, 0)) as cash_amount,
    from payments
),

shares as (
    select
        debit_lines.*,
        least((cash.cash_amount * 100)::hugeint, debit_cents) as cash_cents,
        cash_cents / debit_cents as cash_share,
    from debit_lines
    join cash using (realm_id, source_id)
),

line_cash as (
    select
        realm_id,
        source_id,
        line_no,
        cash_share,
        if(cash_cents = debit_cents, applied_amount, (
            (2 * cash_cents * running_cents + debit_cents) // (2 * debit_cents)
            - (2 * cash_cents * (running_cents - cents) + debit_cents) // (2 * debit_cents)
        )::decimal(18, 2) / 100) as cash_amount,
    from shares
    where target_type = 'Invoice'
),

settlements as (
    select
        applications.*,
        coalesce(line_cash.cash_share, 0) as cash_share,
        coalesce(line_cash.cash_amount, 0)::decimal(18, 2) as cash_amount,
        source_date - invoices.txn_date as days_to_pay,
        source_date - invoices.due_date as days_beyond_terms,
        invoices.root_customer_id,
        invoices.doc_number,
        invoices.currency,
        invoices.exchange_rate,
        invoices.due_date,
    from applications
    join invoices using (realm_id, target_id)
    left join line_cash using (realm_id, source_id, line_no)
    where target_type = 'Invoice'
),

final as (
    select
        -- Type of the document that settled the invoice: Payment, or CreditMemo where it is linked without a payment.
        source_type as payment_type,
        line_no,  -- Line of the payment; 0 for a credit memo.
        doc_number,  -- Number printed on the invoice.
        -- What settled the invoice: cash, credit or mixed.
        case
            when cash_amount = applied_amount then 'cash'
            when cash_amount = 0 then 'credit'
            else 'mixed'
        end as settle_kind,
        currency,  -- Currency of the invoice, as an ISO 4217 code.

        target_date as invoice_date,  -- Date of the invoice.
        due_date,  -- Due date of the invoice: as stated, else its date plus the days of its terms, else its date.
        source_date as payment_date,  -- Date of the payment or credit memo.
        effective_date,  -- Day from which the settlement counts: the later of the invoice's date and the payment's.

        exchange_rate,  -- Units of home currency per unit of the invoice's currency; 1 for invoices in home currency.
        applied_amount,  -- Amount applied to the invoice, positive, in the invoice's currency.
        -- Part of the applied amount that is money received, in the invoice's currency; the parts of one payment add up
        -- to its cash.
        cash_amount,
        -- Part of the applied amount that is settled by credits, in the invoice's currency.
        (applied_amount - cash_amount)::decimal(18, 2) as credit_amount,
        -- Part of the applied amount that is money received, in home currency at the invoice's rate.
        if(exchange_rate = 1, cash_amount, round(cash_amount * exchange_rate, 2))::decimal(18, 2) as cash_home,
        -- Amount applied to the invoice, positive, in home currency at the invoice's rate.
        if(exchange_rate = 1, applied_amount, round(applied_amount * exchange_rate, 2))::decimal(18, 2) as applied_home,
        cash_share::double as cash_share,  -- Cash of the payment divided by all charges it settles, 0 to 1.
        days_to_pay::integer as days_to_pay,  -- Days from the invoice's date to the payment; negative when prepaid.
        days_beyond_terms::integer as days_beyond_terms,  -- Days from the due date to the payment; negative when early.
        -- Days from the due date to the payment; 0 when early or on time.
        greatest(0, days_beyond_terms)::integer as days_late,
        -- Payment score in points: 100 at 30 days early, 80 on time, 50 at 30 days late, 20 at 120 days late, 0 from
        -- 180 days late on.
        case
            when days_beyond_terms <= -30 then 100
            when days_beyond_terms <= -20 then 100 - 10 * (days_beyond_terms + 30) / 10
            when days_beyond_terms <= -10 then 90 - 5 * (days_beyond_terms + 20) / 10
            when days_beyond_terms <= 0 then 85 - 5 * (days_beyond_terms + 10) / 10
            when days_beyond_terms <= 15 then 80 - 10 * days_beyond_terms / 15
            when days_beyond_terms <= 22 then 70 - 10 * (days_beyond_terms - 15) / 7
            when days_beyond_terms <= 30 then 60 - 10 * (days_beyond_terms - 22) / 8
            when days_beyond_terms <= 60 then 50 - 10 * (days_beyond_terms - 30) / 30
            when days_beyond_terms <= 90 then 40 - 10 * (days_beyond_terms - 60) / 30
            when days_beyond_terms <= 180 then 30 - 10 * (days_beyond_terms - 90) / 30
            else 0
        end::double as points,
        days_to_pay < 0 as is_prepaid,  -- True when the payment is dated before the invoice.

        realm_id,  -- QuickBooks id of the company (realm).
        source_id as payment_id,  -- QuickBooks id of the payment or credit memo.
        target_id as invoice_id,  -- QuickBooks id of the invoice.
        target_customer_id as customer_id,  -- QuickBooks id of the customer billed.
        root_customer_id,  -- QuickBooks id of the customer at the top of the family of the customer billed.
        source_customer_id as payer_customer_id,  -- QuickBooks id of the customer who paid, who may be the parent.
    from settlements
)

select * from final
