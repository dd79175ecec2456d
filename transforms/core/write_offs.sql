-- One row per document and customer that writes off a bad debt up to the run's date, or takes a write-off back: a sales
-- form with a line to an account of bad debts, or a journal entry between such an account and accounts receivable.
with

companies as (
    select * from core.companies
),

bad_debt_accounts as (
    select realm_id, account_id
    from core.accounts
    where account_sub_type in ('BadDebts', 'AllowanceForBadDebts')
        or (account_type in ('Expense', 'Other Expense') and contains(lower(name), 'bad debt'))
),

receivables as (
    select
        realm_id,
        doc_type,
        doc_id,
        customer_id,
        root_customer_id,
        txn_date,
        sum(ar_home) as ar_home,
    from core.receivables
    join companies using (realm_id)
    where txn_date <= as_of_date and not is_voided
    group by all
),

sales_lines as (
    select *
    from core.sales_lines
    join companies using (realm_id)
    where txn_date <= as_of_date and not is_voided
),

on_forms as (
    select
        realm_id,
        doc_type,
        doc_id,
        customer_id,
        root_customer_id,
        txn_date,
        -sum(net_home) as written_off_amount,
    from sales_lines
    semi join bad_debt_accounts using (realm_id, account_id)
    group by all
),

in_entries as (
    select
        entries.realm_id,
        'JournalEntry' as doc_type,
        entries.journal_entry_id as doc_id,
        round(sum(if(lines.posting_type = 'Debit', lines.line_amount, -lines.line_amount) * exchange_rate), 2) as bad_debt_amount,
    from staging.journal_entries as entries
    join staging.journal_entry_lines as lines using (realm_id, journal_entry_id)
    semi join bad_debt_accounts using (realm_id, account_id)
    group by all
    having bad_debt_amount <> 0
),

-- What an entry writes off is shared over its customers by what it takes off each, to the cent.
entry_parts as (
    select
        receivables.*,
        bad_debt_amount,
        sum(-ar_home) over entry as entry_amount,
        sum(-ar_home) over (entry order by receivables.customer_id) as amount_to_here,
        sign(bad_debt_amount) * least(abs(bad_debt_amount), abs(entry_amount)) as shared_amount,
    from in_entries
    join receivables using (realm_id, doc_type, doc_id)
    where sign(-ar_home) = sign(bad_debt_amount)
    window entry as (partition by realm_id, doc_type, doc_id)
),

by_entries as (
    select
        realm_id,
        doc_type,
        doc_id,
        customer_id,
        root_customer_id,
        txn_date,
        round(shared_amount * amount_to_here / entry_amount, 2)
            - round(shared_amount * (amount_to_here + ar_home) / entry_amount, 2) as written_off_amount,
    from entry_parts
),

documents as (
    select * from on_forms
    union all by name
    select * from by_entries
),

final as (
    select
        doc_type,  -- Type of the document: CreditMemo, JournalEntry, or another sales form with such a line.

        txn_date,  -- Date of the document.

        -- Amount that the document moves from receivables to bad debts, without tax, in home currency; negative where
        -- it brings a written-off amount back.
        written_off_amount::decimal(18, 2) as written_off_amount,
        -- Part of what the document takes off the receivable that is written off, 0 to 1; 0 for one that takes nothing
        -- off.
        coalesce(least(1, greatest(0, written_off_amount / nullif(-ar_home, 0))), 0)::double as written_off_share,

        realm_id,  -- QuickBooks id of the company (realm).
        doc_id,  -- QuickBooks id of the document.
        customer_id,  -- QuickBooks id of the customer whose debt it is.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        documents.root_customer_id,
    from documents
    left join (select realm_id, doc_type, doc_id, customer_id, ar_home from receivables) as posted
        using (realm_id, doc_type, doc_id, customer_id)
)

select * from final
