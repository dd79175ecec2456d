-- One row per invoice dated up to the run's date: how it was paid.
with

companies as (
    select * from core.companies
),

invoices as (
    select *
    from core.receivables
    join companies using (realm_id)
    where doc_type = 'Invoice' and txn_date <= as_of_date
),

customers as (
    select * from core.customers
),

open_receivables as (
    select * from core.open_receivables where doc_type = 'Invoice'
),

settlements as (
    select *
    from core.invoice_settlements
    join companies using (realm_id)
    where effective_date <= as_of_date
),

paid as (
    select
        realm_id,
        invoice_id as doc_id,
        min(payment_date) filter (where cash_amount > 0) as first_cash_date,
        max(payment_date) filter (where cash_amount > 0) as last_cash_date,
        max(effective_date) as last_effective_date,
        sum(cash_amount) as cash_paid,
        sum(credit_amount) as credited,
        sum(written_off_amount) as written_off,
        sum(returned_amount) as sent_back_amount,
        sum(if(settled_type = 'Invoice' and settled_id = invoice_id, 0, applied_amount)) as claimed_amount,
        coalesce(sum(cash_amount) filter (where days_late > 0), 0) as late_amount,
        sum(cash_amount::decimal(28, 2) * days_to_pay) as weighted_days_to_pay,
        sum(cash_amount::decimal(28, 2) * days_beyond_terms) as weighted_days_beyond_terms,
        sum(cash_amount * points::decimal(20, 6)) as weighted_points,
    from settlements
    group by all
),

claimed_away as (
    select realm_id, settled_id as doc_id, sum(applied_amount) as counted_elsewhere_amount
    from settlements
    where settled_type = 'Invoice' and settled_id <> invoice_id
    group by all
),

final as (
    select
        invoices.company_name,  -- Name of the company whose books these are.
        -- Full name of the customer billed: the names of all levels joined by colons, as Parent:Job.
        customers.full_name as customer_name,
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        customers.root_customer_name,
        invoices.doc_number,  -- Number printed on the invoice.
        invoices.currency,  -- Currency of the invoice, as an ISO 4217 code.

        invoices.txn_date,  -- Date of the invoice.
        -- Due date of the invoice: as stated, else its date plus the days of its terms, else its date.
        invoices.due_date,
        paid.first_cash_date,  -- Date of the first money received on the invoice; null when none came.
        paid.last_cash_date,  -- Date of the last money received on the invoice; null when none came.
        -- Day on which the invoice was closed, by money or credit; null while open, when voided, and where its money went
        -- back and has not come again.
        case
            when invoices.is_voided or open_receivables.open_amount <> 0 or sent_back_amount > claimed_amount then null
            else coalesce(paid.last_effective_date, invoices.txn_date)
        end as paid_in_full_date,
        invoices.as_of_date,  -- Day at whose end the figures stand.

        -- Units of home currency per unit of the invoice's currency; 1 for invoices in home currency.
        invoices.exchange_rate,
        invoices.original_amount,  -- Total of the invoice as printed, in the invoice's currency.
        -- Receivable that the invoice began with, its total less the deposit taken on it, in the invoice's currency.
        invoices.ar_amount,
        -- Amount settled by money received and kept, in the invoice's currency.
        coalesce(paid.cash_paid, 0)::decimal(18, 2) as cash_paid,
        -- Amount settled by credits, write-offs included, in the invoice's currency.
        coalesce(paid.credited, 0)::decimal(18, 2) as credited,
        -- Part of the credits that wrote the invoice off, in the invoice's currency.
        coalesce(paid.written_off, 0)::decimal(18, 2) as written_off,
        -- Amount whose money went back, as of a returned cheque, and has not come again, in the invoice's currency;
        -- QuickBooks shows it as paid, and another document asks for it.
        coalesce(sent_back_amount - claimed_amount, 0)::decimal(18, 2) as returned_amount,
        -- Amount settled here for an invoice whose money went back, with which it counts, in the invoice's currency.
        coalesce(counted_elsewhere_amount, 0)::decimal(18, 2) as counted_elsewhere_amount,
        -- Amount still open, in the invoice's currency.
        coalesce(open_receivables.open_amount, 0)::decimal(18, 2) as open_amount,
        -- Money received after the due date, in the invoice's currency.
        coalesce(paid.late_amount, 0)::decimal(18, 2) as late_amount,
        -- Average days from invoice to the payments kept, negative when prepaid, weighted by money; null without any.
        (paid.weighted_days_to_pay / nullif(paid.cash_paid, 0))::double as days_to_pay_weighted,
        -- Average days beyond terms, early payments negative, weighted by money; null without payments.
        (paid.weighted_days_beyond_terms / nullif(paid.cash_paid, 0))::double as days_beyond_terms_weighted,
        -- Payment score in points, 0 to 100, weighted by money: 80 is on time; null without payments.
        if(paid.cash_paid <> 0, least(100, paid.weighted_points / paid.cash_paid), null)::double as pay_score,
        -- True when the last money came more than 4 days after the due date; null when none came.
        paid.last_cash_date > invoices.due_date + invoices.grace_days as was_late,
        -- True when credits alone closed the invoice.
        coalesce(open_receivables.open_amount, 0) = 0 and invoices.ar_amount <> 0 and coalesce(paid.cash_paid, 0) = 0
            and coalesce(sent_back_amount, 0) = 0 and counted_elsewhere_amount is null as is_closed_by_credit,
        -- True when nothing is open; false when voided, and where its money went back and has not come again.
        coalesce(open_receivables.open_amount, 0) = 0 and not invoices.is_voided
            and coalesce(sent_back_amount <= claimed_amount, true) as is_closed,
        invoices.is_voided,  -- True when the invoice is voided, so that all its amounts are zero.

        invoices.realm_id,  -- QuickBooks id of the company (realm).
        invoices.doc_id as invoice_id,  -- QuickBooks id of the invoice.
        invoices.customer_id,  -- QuickBooks id of the customer billed.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        invoices.root_customer_id,
    from invoices
    left join paid using (realm_id, doc_id)
    left join open_receivables using (realm_id, doc_id)
    left join claimed_away using (realm_id, doc_id)
    left join customers on customers.realm_id = invoices.realm_id and customers.customer_id = invoices.customer_id
)

select * from final
