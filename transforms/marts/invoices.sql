-- One row per invoice dated up to the run's date: what it asks for, what came in, where it stands. Total = subtotal -
-- discount + tax = deposit + paid + credited + returned + counted elsewhere + balance due, in the invoice's currency.
with

payments as (
    select * from marts.invoice_payments
),

invoices as (
    select * from staging.invoices
),

receivables as (
    select *, doc_id as invoice_id
    from core.receivables
    where doc_type = 'Invoice'
),

subtotals as (
    select
        realm_id,
        doc_id as invoice_id,
        sum(gross_amount) as subtotal_amount,
        sum(discount_amount) as discount_amount,
    from core.sales_lines
    where doc_type = 'Invoice'
    group by all
),

estimate_numbers as (
    select
        realm_id,
        invoice_id,
        count(*) as estimate_count,
        string_agg(coalesce(doc_number, estimate_id), ', ' order by txn_date, estimate_id) as estimate_numbers,
    from core.estimate_invoices
    join core.estimates using (realm_id, estimate_id)
    group by all
),

final as (
    select
        payments.company_name,  -- Name of the company whose books these are.
        -- Full name of the customer billed: the names of all levels joined by colons, as Parent:Job.
        payments.customer_name,
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        payments.root_customer_name,
        payments.doc_number,  -- Number printed on the invoice.
        -- Status of payment, the first that holds: voided; where nothing is open: returned (money went back and has not
        -- come again), written off or credited (that is most of what closed it), else paid; overdue (an amount open past
        -- the due date), partial (something came in, a deposit too), unpaid.
        case
            when payments.is_voided then 'voided'
            when payments.open_amount <= 0 and payments.returned_amount > 0 then 'returned'
            when payments.open_amount <= 0 and 2 * payments.credited > payments.original_amount then
                if(2 * payments.written_off > payments.credited, 'written off', 'credited')
            when payments.open_amount <= 0 then 'paid'
            when payments.due_date < payments.as_of_date then 'overdue'
            when payments.open_amount < payments.original_amount then 'partial'
            else 'unpaid'
        end as payment_status,
        receivables.terms,  -- Payment terms named on the invoice.
        payments.currency,  -- Currency of the invoice, as an ISO 4217 code.
        -- Status of sending by e-mail, as QuickBooks states it now: NotSet, NeedToSend or EmailSent.
        invoices.email_status,
        invoices.bill_email,  -- E-mail address to which the invoice goes.
        -- Numbers of the estimates that the invoice was made from, oldest first, joined by commas; null when none.
        estimate_numbers.estimate_numbers,

        payments.txn_date,  -- Date of the invoice.
        -- Due date of the invoice: as stated, else its date plus the days of its terms, else its date.
        payments.due_date,
        -- Day on which the invoice was closed, by money or credit; null while open, when voided, and where its money went
        -- back and has not come again.
        payments.paid_in_full_date as paid_date,
        -- When QuickBooks last sent the invoice by e-mail, in UTC; null when it did not by the run's date.
        if(
            (invoices.delivered_at at time zone 'America/Los_Angeles')::date <= payments.as_of_date,
            invoices.delivered_at,
            null
        ) as delivered_at,
        payments.as_of_date,  -- Day at whose end the figures stand.

        -- Units of home currency per unit of the invoice's currency; 1 for invoices in home currency.
        payments.exchange_rate,
        -- Lines before discount and tax, in the invoice's currency.
        coalesce(subtotals.subtotal_amount, 0)::decimal(18, 2) as subtotal_amount,
        -- Discounts on the whole invoice, as a positive amount in the invoice's currency.
        coalesce(subtotals.discount_amount, 0)::decimal(18, 2) as discount_amount,
        -- Sales tax on the invoice, in the invoice's currency.
        coalesce(invoices.tax_amount, 0)::decimal(18, 2) as tax_amount,
        -- Total of the invoice, subtotal less discount plus tax, in the invoice's currency.
        payments.original_amount as total_amount,
        -- Deposit taken on the invoice itself, in the invoice's currency.
        coalesce(invoices.deposit_amount, 0)::decimal(18, 2) as deposit_amount,
        payments.cash_paid as paid_amount,  -- Amount paid in money since, the deposit apart, in the invoice's currency.
        -- Amount settled by credits, write-offs included, in the invoice's currency.
        payments.credited as credited_amount,
        -- Part of the credits that wrote the invoice off, in the invoice's currency.
        payments.written_off as written_off_amount,
        -- Amount whose money went back, as of a returned cheque, and has not come again, in the invoice's currency.
        payments.returned_amount,
        -- Amount settled here for an invoice whose money went back, with which it counts, in the invoice's currency.
        payments.counted_elsewhere_amount,
        payments.open_amount as balance_due,  -- Amount still open, in the invoice's currency.
        -- Total of the invoice, in home currency at the invoice's rate.
        if(payments.exchange_rate = 1, payments.original_amount, round(payments.original_amount * payments.exchange_rate, 2))::decimal(18, 2) as total_home,
        -- Amount still open, in home currency at the invoice's rate.
        if(payments.exchange_rate = 1, payments.open_amount, round(payments.open_amount * payments.exchange_rate, 2))::decimal(18, 2) as balance_due_home,
        -- Number of estimates that the invoice was made from.
        coalesce(estimate_numbers.estimate_count, 0)::integer as estimate_count,
        -- Days since the due date while an amount is open, else 0.
        if(payments.open_amount > 0, greatest(0, payments.as_of_date - payments.due_date), 0)::integer as days_past_due,
        payments.is_voided,  -- True when the invoice is voided, so that all its amounts are zero.

        payments.realm_id,  -- QuickBooks id of the company (realm).
        payments.invoice_id,  -- QuickBooks id of the invoice.
        payments.customer_id,  -- QuickBooks id of the customer billed.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        payments.root_customer_id,
    from payments
    join invoices using (realm_id, invoice_id)
    join receivables using (realm_id, invoice_id)
    left join subtotals using (realm_id, invoice_id)
    left join estimate_numbers using (realm_id, invoice_id)
)

select * from final
