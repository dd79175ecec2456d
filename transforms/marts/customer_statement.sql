-- One row per customer, currency and entry: every document on a customer's account in date order, with the balance
-- after each. An application moves no balance, except where one customer's payment settles another's document. The last
-- balance is what is open; in home currency exchange gains and losses on what was settled stay in it.
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
    select *, doc_type as target_type, doc_id as target_id, line_no as target_line_no
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
        effective_date,
    from applications
    join sources using (realm_id, source_type, source_id, source_customer_id)
    join targets using (realm_id, target_type, target_id, target_line_no)
),

entries as (
    select
        receivables.realm_id,
        receivables.customer_id,
        receivables.doc_type,
        receivables.doc_id,
        receivables.line_no,
        receivables.doc_number,
        'document' as entry_type,
        receivables.currency,
        receivables.exchange_rate,
        receivables.ar_amount as amount,
        receivables.ar_home as amount_home,
        coalesce(open_receivables.open_amount, 0) as open_amount,
        coalesce(open_receivables.open_home, 0) as open_home,
        receivables.is_voided,
        receivables.txn_date,
        receivables.due_date,
    from receivables
    left join open_receivables using (realm_id, doc_type, doc_id, line_no)

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
        effective_date as txn_date,
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
        effective_date as txn_date,
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
            txn_date,
            amount < 0,
            entry_type,
            doc_type,
            length(doc_id),
            doc_id,
            line_no,
            exchange_rate
        rows between unbounded preceding and current row
    )
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        -- Full name of the customer whose account it is: the names of all levels joined by colons, as Parent:Job.
        customers.full_name as customer_name,
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        customers.root_customer_name,
        -- Place on the statement of the customer and currency, from 1: by date, charges before credits, then by type,
        -- id and line.
        running.entry_no::integer as entry_no,
        running.doc_type,  -- Type of the document, such as Invoice, CreditMemo, Payment or JournalEntry.
        running.doc_number,  -- Number printed on the document; of a payment, its reference.
        -- Kind of entry: document; paid_by_other, where another customer's payment settled something here;
        -- used_for_other, on the payer's side.
        running.entry_type,
        running.currency,  -- Currency of the document and of its balance, as an ISO 4217 code.

        -- Date of the entry: the document's own, or where another customer's payment settled it, the later of both
        -- dates.
        running.txn_date,
        -- Due date of an invoice: as stated, else its date plus the days of its terms, else its date; of another
        -- document its date; null on other entries.
        running.due_date,
        companies.as_of_date,  -- Day at whose end the statement closes.

        -- Units of home currency per unit of the document's currency; 1 for documents in home currency.
        running.exchange_rate,
        -- Amount of the entry, in the document's currency: charges positive, credits negative.
        running.amount::decimal(18, 2) as amount,
        -- Balance that the customer owes in the document's currency after the entry.
        running.balance::decimal(18, 2) as balance,
        -- Amount of the entry, in home currency at the document's rate: charges positive, credits negative.
        running.amount_home::decimal(18, 2) as amount_home,
        -- Balance after the entry, in home currency: the sum of the entries so far at their own rates.
        running.balance_home::decimal(18, 2) as balance_home,
        -- Amount of the document still open on the run's date, in its currency; 0 on entries that are no document.
        coalesce(running.open_amount, 0)::decimal(18, 2) as open_amount,
        -- Amount of the document still open on the run's date, in home currency; 0 on entries that are no document.
        coalesce(running.open_home, 0)::decimal(18, 2) as open_home,
        -- True when the document is voided, so that its amount is zero.
        coalesce(running.is_voided, false) as is_voided,

        running.realm_id,  -- QuickBooks id of the company (realm).
        running.doc_id,  -- QuickBooks id of the document.
        running.customer_id,  -- QuickBooks id of the customer whose account it is.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        coalesce(customers.root_customer_id, running.customer_id) as root_customer_id,
    from running
    join companies using (realm_id)
    left join customers using (realm_id, customer_id)
)

select * from final
