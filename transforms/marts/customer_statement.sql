-- Every document on a customer's account in date order, with the balance after each. One row per customer, currency
-- and entry. An application moves no balance, except where one customer's payment settles another's document.
-- The last balance is what is open; in home currency exchange gains and losses on what was settled stay in it.
with

companies as (
    select * from core.companies
),

receivables as not materialized (
    select *
    from core.receivables
    join companies using (realm_id)
    where txn_date <= as_of_date
),

applications as (
    select *
    from core.receivable_applications
    join companies using (realm_id)
    where effective_date <= as_of_date and source_customer_id <> target_customer_id
),

open_receivables as (
    select * from core.open_receivables
),

customers as (
    select * from core.customers
),

sources as (
    select *, doc_type as source_type, doc_id as source_id, customer_id as source_customer_id
    from receivables
    semi join (
        select realm_id, source_type as doc_type, source_id as doc_id from applications
    ) as applied using (realm_id, doc_type, doc_id)
),

targets as (
    select *, doc_type as target_type, doc_id as target_id, customer_id as target_customer_id
    from receivables
    semi join (
        select realm_id, target_type as doc_type, target_id as doc_id from applications
    ) as applied using (realm_id, doc_type, doc_id)
),

handed_over as (
    select
        applications.realm_id,
        applications.source_type as doc_type,
        applications.source_id as doc_id,
        applications.source_customer_id,
        applications.target_customer_id,
        sources.doc_number,
        sources.currency as source_currency,
        sources.exchange_rate as source_rate,
        targets.currency as target_currency,
        targets.exchange_rate as target_rate,
        target_sign * applied_amount as amount,
        applications.as_of_date,
        effective_date,
    from applications
    join sources using (realm_id, source_type, source_id, source_customer_id)
    join targets using (realm_id, target_type, target_id, target_customer_id)
),

entries as (
    select
        receivables.realm_id,
        receivables.customer_id,
        receivables.doc_type,
        receivables.doc_id,
        receivables.doc_number,
        'document' as entry_type,
        receivables.currency,
        receivables.exchange_rate,
        receivables.ar_amount as amount,
        receivables.ar_home as amount_home,
        coalesce(open_receivables.open_amount, 0) as open_amount,
        coalesce(open_receivables.open_home, 0) as open_home,
        receivables.is_voided,
        receivables.as_of_date,
        receivables.txn_date as entry_date,
        receivables.due_date,
    from receivables
    left join open_receivables using (realm_id, doc_type, doc_id, customer_id)

    union all by name

    select
        realm_id,
        target_customer_id as customer_id,
        doc_type,
        doc_id,
        doc_number,
        'paid_by_other' as entry_type,
        target_currency as currency,
        target_rate as exchange_rate,
        -sum(amount) as amount,
        -sum(round(amount * target_rate, 2)) as amount_home,
        as_of_date,
        effective_date as entry_date,
    from handed_over
    group by all

    union all by name

    select
        realm_id,
        source_customer_id as customer_id,
        doc_type,
        doc_id,
        doc_number,
        'used_for_other' as entry_type,
        source_currency as currency,
        source_rate as exchange_rate,
        sum(amount) as amount,
        sum(round(amount * source_rate, 2)) as amount_home,
        as_of_date,
        effective_date as entry_date,
    from handed_over
    group by all
),

running as (
    select
        *,
        row_number() over in_order as entry_no,
        sum(amount) over in_order as balance,
        sum(amount_home) over in_order as balance_home,
    from entries
    window in_order as (
        partition by realm_id, customer_id, currency
        order by
            entry_date,
            amount < 0,
            entry_type,
            doc_type,
            length(doc_id),
            doc_id,
            exchange_rate
        rows between unbounded preceding and current row
    )
),

final as (
    select
        running.realm_id,  -- QuickBooks company id (realm)
        running.customer_id,  -- Customer whose account it is
        -- Top of that customer's chain of parents
        coalesce(customers.root_customer_id, running.customer_id) as root_customer_id,
        -- Place on the statement of this customer and currency, from 1: by date, charges before credits, then document
        -- type and id
        running.entry_no::integer as entry_no,
        running.doc_type,  -- Invoice, CreditMemo, Payment, JournalEntry, Deposit or Purchase
        running.doc_id,  -- QuickBooks id of the document

        customers.display_name as customer_name,  -- Name of the customer
        running.doc_number,  -- Number printed on the document; a payment's reference
        -- document; paid_by_other where another customer's payment settled something here; used_for_other on the
        -- payer's side
        running.entry_type,
        running.currency,  -- Currency of the document and of its balance
        running.exchange_rate,  -- Home units per unit of that currency

        running.amount::decimal(18, 2) as amount,  -- Charges positive, credits negative
        running.balance::decimal(18, 2) as balance,  -- What the customer owes in this currency after this entry
        running.amount_home::decimal(18, 2) as amount_home,  -- Amount in home currency at the document's rate
        running.balance_home::decimal(18, 2) as balance_home,  -- Running sum of it
        -- Open of this document on the run's date; 0 on entries that are no document
        coalesce(running.open_amount, 0)::decimal(18, 2) as open_amount,
        coalesce(running.open_home, 0)::decimal(18, 2) as open_home,  -- The same in home currency

        coalesce(running.is_voided, false) as is_voided,  -- True when voided: the amount is zero

        running.as_of_date,  -- Day whose end the statement closes with
        -- Date of the document; of what another customer's payment settled, the later of the two dates
        running.entry_date,
        -- Invoice: due date, else date plus terms, else date; other documents: their date; null on other entries
        running.due_date,
    from running
    left join customers using (realm_id, customer_id)
)

select * from final
