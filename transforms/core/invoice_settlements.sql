-- One row per payment line, document settled and invoice: what settled the invoice, split into cash and credit, and how
-- late it came. A credit memo linked without a payment counts as line 0 of itself. Money that went back, as of a returned
-- cheque, is no cash; what settles the charge that took it back counts with the invoice it was for, on its own day.
with

applications as not materialized (
    select * from core.receivable_applications
),

invoices as (
    select * from core.receivables where doc_type = 'Invoice'
),

payments as (
    select realm_id, payment_id, total_amount, unapplied_amount from staging.payments
),

journal_offsets as (
    select * from core.journal_offsets
),

returned_payments as (
    select * from core.returned_payments
),

write_offs as (
    select * from core.write_offs where written_off_share > 0
),

payment_points as (
    select realm_id, days_beyond_terms as points_days, points from core.payment_points
),

debit_lines as (
    select
        realm_id,
        source_id,
        line_no,
        target_type,
        target_id,
        target_line_no,
        applied_amount,
        (applied_amount * 100)::hugeint as cents,
        sum(cents) over (
            partition by realm_id, source_id
            order by line_no, target_line_no
            rows between unbounded preceding and current row
        ) as running_cents,
        sum(cents) over (partition by realm_id, source_id) as debit_cents,
    from applications
    where source_type = 'Payment' and target_sign = 1
),

-- A customer's transfer that was booked straight to receivables is money as well, whatever form its credit has.
transferred as (
    select
        applications.realm_id,
        applications.source_id,
        sum(round(
            applied_amount * if(target_type = 'Deposit', 1, money_share::decimal(20, 10)), 2
        )) as transferred_amount,
    from applications
    left join journal_offsets
        on journal_offsets.realm_id = applications.realm_id
        and journal_offsets.journal_entry_id = applications.target_id
        and applications.target_type = 'JournalEntry'
    where target_sign = -1 and (target_type = 'Deposit' or money_share > 0)
    group by all
),

cash as (
    select
        payments.realm_id,
        payments.payment_id as source_id,
        greatest(
            0, total_amount - coalesce(unapplied_amount, 0) + coalesce(transferred_amount, 0)
        ) as cash_amount,
    from payments
    left join transferred on transferred.realm_id = payments.realm_id and transferred.source_id = payments.payment_id
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
        target_line_no,
        cash_share,
        if(cash_cents = debit_cents, applied_amount, (
            (2 * cash_cents * running_cents + debit_cents) // (2 * debit_cents)
            - (2 * cash_cents * (running_cents - cents) + debit_cents) // (2 * debit_cents)
        )::decimal(18, 2) / 100) as cash_amount,
    from shares
),

-- Of the credits that a payment used up, the part that wrote off; a credit memo linked without a payment is its own.
written_off as (
    select
        applications.realm_id,
        'Payment' as source_type,
        applications.source_id,
        sum(applied_amount * coalesce(written_off_share, 0)) / sum(applied_amount) as written_off_share,
    from applications
    left join write_offs
        on write_offs.realm_id = applications.realm_id
        and write_offs.doc_type = applications.target_type
        and write_offs.doc_id = applications.target_id
        and write_offs.customer_id = applications.target_customer_id
    where source_type = 'Payment' and target_sign = -1
    group by all

    union all

    select realm_id, doc_type, doc_id, written_off_share
    from write_offs
    where doc_type = 'CreditMemo'
),

applied as (
    select
        applications.*,
        coalesce(line_cash.cash_share, 0) as cash_share,
        coalesce(line_cash.cash_amount, 0)::decimal(18, 2) as received_amount,
        coalesce(written_off_share, 0) as written_off_share,
        returned_payments.payment_id is not null as is_returned,
    from applications
    left join line_cash using (realm_id, source_id, line_no, target_line_no)
    left join written_off using (realm_id, source_type, source_id)
    left join returned_payments
        on returned_payments.realm_id = applications.realm_id
        and returned_payments.payment_id = applications.source_id
        and applications.source_type = 'Payment'
),

-- What each invoice had received of the money that went back, as a share of the charge that took it back.
claims as (
    select
        applied.realm_id,
        returned_payments.doc_type as target_type,
        returned_payments.doc_id as target_id,
        returned_payments.line_no as target_line_no,
        applied.target_id as invoice_id,
        sum(applied.received_amount) / any_value(returned_payments.ar_amount) as claim_share,
    from applied
    join returned_payments
        on returned_payments.realm_id = applied.realm_id and returned_payments.payment_id = applied.source_id
    where is_returned and applied.target_type = 'Invoice'
    group by all
),

-- Rounded over the charge as a whole, so that the parts of what settles it add up to the claim, to the cent.
claimed as (
    select
        * exclude (claim_share, claimed_part)
        replace (
            claimed_part as applied_amount,
            if(
                received_amount = applied_amount,
                claimed_part,
                least(claimed_part, round(received_amount * claim_share, 2))
            )::decimal(18, 2) as received_amount
        ),
    from (
        select
            applied.*,
            claims.invoice_id,
            claims.claim_share,
            (
                round(sum(applied.applied_amount) over charge * claim_share, 2)
                - round((sum(applied.applied_amount) over charge - applied.applied_amount) * claim_share, 2)
            )::decimal(18, 2) as claimed_part,
        from applied
        join claims using (realm_id, target_type, target_id, target_line_no)
        window charge as (
            partition by applied.realm_id, target_type, target_id, target_line_no, claims.invoice_id
            order by applied.source_type, applied.source_id, applied.line_no
            rows between unbounded preceding and current row
        )
    )
),

claimed_away as (
    select
        realm_id,
        source_type,
        source_id,
        line_no,
        target_type,
        target_id,
        target_line_no,
        sum(applied_amount) as claimed_amount,
        sum(received_amount) as claimed_received_amount,
    from claimed
    group by all
),

parts as (
    select
        applied.* replace (
            (applied_amount - coalesce(claimed_amount, 0))::decimal(18, 2) as applied_amount,
            (received_amount - coalesce(claimed_received_amount, 0))::decimal(18, 2) as received_amount
        ),
        target_id as invoice_id,
    from applied
    left join claimed_away
        using (realm_id, source_type, source_id, line_no, target_type, target_id, target_line_no)
    where target_type = 'Invoice' and applied_amount > coalesce(claimed_amount, 0)

    union all by name

    select * from claimed where applied_amount > 0
),

settlements as (
    select
        parts.*,
        if(is_returned, received_amount, 0) as returned_amount,
        (received_amount - returned_amount)::decimal(18, 2) as cash_amount,
        (applied_amount - received_amount)::decimal(18, 2) as credit_amount,
        invoices.txn_date as invoice_date,
        source_date - invoices.txn_date as days_to_pay,
        source_date - invoices.due_date as days_beyond_terms,
        greatest(-30, least(180, days_beyond_terms))::integer as points_days,
        invoices.customer_id,
        invoices.root_customer_id,
        invoices.currency,
        invoices.exchange_rate,
        invoices.due_date,
    from parts
    join invoices on invoices.realm_id = parts.realm_id and invoices.doc_id = parts.invoice_id
),

final as (
    select
        -- Type of the document that settled the invoice: Payment, or CreditMemo where it is linked without a payment.
        source_type as payment_type,
        line_no,  -- Line of the payment; 0 for a credit memo.
        -- Type of the document that QuickBooks shows as settled: the Invoice, or the charge that took back money of the
        -- invoice (JournalEntry, Purchase or another Invoice).
        target_type as settled_type,
        -- Kind of settlement: cash, credit or mixed; returned where the money went back.
        case
            when returned_amount > 0 then 'returned'
            when cash_amount = applied_amount then 'cash'
            when cash_amount = 0 then 'credit'
            else 'mixed'
        end as settle_kind,
        currency,  -- Currency of the invoice, as an ISO 4217 code.

        invoice_date,  -- Date of the invoice.
        due_date,  -- Due date of the invoice: as stated, else its date plus the days of its terms, else its date.
        source_date as payment_date,  -- Date of the payment or credit memo.
        effective_date,  -- Day from which the settlement counts: the later of both documents' dates.

        exchange_rate,  -- Units of home currency per unit of the invoice's currency; 1 for invoices in home currency.
        applied_amount,  -- Amount applied to the invoice, positive, in the invoice's currency.
        received_amount,  -- Part of the applied amount that was money, gone back or not, in the invoice's currency.
        -- Part of the applied amount that is money received and kept, in the invoice's currency; the parts of one payment
        -- add up to its cash.
        cash_amount,
        -- Part of the applied amount that was money and went back, in the invoice's currency.
        returned_amount::decimal(18, 2) as returned_amount,
        credit_amount,  -- Part of the applied amount that is settled by credits, in the invoice's currency.
        -- Part of the credits that wrote the invoice off, in the invoice's currency.
        round(credit_amount * written_off_share::decimal(20, 10), 2)::decimal(18, 2) as written_off_amount,
        -- Part of the applied amount that is money received and kept, in home currency at the invoice's rate.
        if(exchange_rate = 1, cash_amount, round(cash_amount * exchange_rate, 2))::decimal(18, 2) as cash_home,
        -- Amount applied to the invoice, positive, in home currency at the invoice's rate.
        if(exchange_rate = 1, applied_amount, round(applied_amount * exchange_rate, 2))::decimal(18, 2) as applied_home,
        cash_share::double as cash_share,  -- Cash of the payment divided by all charges it settles, 0 to 1.
        days_to_pay::integer as days_to_pay,  -- Days from the invoice's date to the payment; negative when prepaid.
        days_beyond_terms::integer as days_beyond_terms,  -- Days from the due date to the payment; negative when early.
        -- Days from the due date to the payment; 0 when early or on time.
        greatest(0, days_beyond_terms)::integer as days_late,
        -- Payment score in points by core.payment_points: 100 at 30 days early, 80 on time, 50 at 30 days late, 0 from
        -- 180 days late on.
        points,
        days_to_pay < 0 as is_prepaid,  -- True when the payment is dated before the invoice.

        realm_id,  -- QuickBooks id of the company (realm).
        source_id as payment_id,  -- QuickBooks id of the payment or credit memo.
        target_id as settled_id,  -- QuickBooks id of the document that QuickBooks shows as settled.
        invoice_id,  -- QuickBooks id of the invoice that the amount was for.
        customer_id,  -- QuickBooks id of the customer billed.
        root_customer_id,  -- QuickBooks id of the customer at the top of the family of the customer billed.
        source_customer_id as payer_customer_id,  -- QuickBooks id of the customer who paid, who may be the parent.
    from settlements
    left join payment_points using (realm_id, points_days)
)

select * from final
