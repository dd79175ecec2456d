-- One row per invoice of the books' history, up to the run's date, that charges something: how long it took until it
-- was closed, and by what. These are the observations behind the payment forecast.
with

companies as (
    select * from core.companies
),

invoices as (
    select *
    from core.receivables
    join companies using (realm_id)
    where doc_type = 'Invoice' and ar_amount > 0 and txn_date between history_start_date and as_of_date
),

settlements as (
    select *
    from core.invoice_settlements
    join companies using (realm_id)
    where effective_date <= as_of_date
),

-- What closes the invoice in QuickBooks, and what came for it through the charge that took its money back.
settling as (
    select realm_id, settled_id as doc_id, applied_amount - returned_amount as amount, effective_date, cash_amount
    from settlements
    where settled_type = 'Invoice'

    union all

    select realm_id, invoice_id, applied_amount - returned_amount, effective_date, cash_amount
    from settlements
    where settled_type <> 'Invoice' or settled_id <> invoice_id
),

settled as (
    select
        realm_id,
        doc_id,
        sum(amount) as settled_amount,
        max(effective_date) filter (where amount > 0) as last_date,
        max(effective_date) filter (where cash_amount > 0) as last_cash_date,
    from settling
    group by all
),

final as (
    select
        txn_date,  -- Date of the invoice.
        due_date,  -- Due date of the invoice: as stated, else its date plus the days of its terms, else its date.
        -- Day from which nothing was open any more; null while the invoice is open.
        if(settled_amount >= ar_amount, last_date, null) as closed_date,
        as_of_date,  -- Day at whose end the figures stand.

        -- Days from the invoice's date to its closing, 0 when prepaid; null while the invoice is open.
        (if(settled_amount >= ar_amount, last_date, null) - txn_date)::integer as days_to_close,
        -- True when money closed the invoice; false when a credit did, and while the invoice is open.
        coalesce(settled_amount >= ar_amount and last_cash_date = last_date, false) as is_paid,

        invoices.realm_id,  -- QuickBooks id of the company (realm).
        invoices.doc_id as invoice_id,  -- QuickBooks id of the invoice.
        invoices.customer_id,  -- QuickBooks id of the customer billed.
        invoices.root_customer_id,  -- QuickBooks id of the customer at the top of the family, whose habits count.
    from invoices
    left join settled using (realm_id, doc_id)
)

select * from final
