-- One row per document and customer that sells on account or takes back, in the books' history and not voided: what it
-- sold, the base of days sales outstanding. In home currency, tax included, because the receivable includes it too. Only
-- what posts to income accounts is sold; a journal entry sells what it puts into receivables against income.
with

companies as (
    select * from core.companies
),

sales_lines as (
    select * from core.sales_lines where doc_type in ('Invoice', 'CreditMemo') and not is_voided
),

documents as (
    select * from core.sales_documents
),

by_document as (
    select
        realm_id,
        doc_type,
        doc_id,
        bool_or(is_revenue) as is_sale,
        coalesce(sum(net_home) filter (where not is_revenue), 0) as other_amount,
    from sales_lines
    group by all
),

charged as (
    select
        documents.realm_id,
        documents.doc_type,
        documents.doc_id,
        documents.txn_date,
        documents.customer_id,
        documents.root_customer_id,
        documents.total_home - by_document.other_amount as sales_amount,
    from documents
    join by_document using (realm_id, doc_type, doc_id)
    where is_sale
),

entries as (
    select
        realm_id,
        doc_type,
        doc_id,
        txn_date,
        customer_id,
        root_customer_id,
        sum(ar_home) as ar_home,
    from core.receivables
    where doc_type = 'JournalEntry' and not is_voided
    group by all
),

entry_totals as (
    select realm_id, doc_id, sum(ar_home) as entry_amount
    from entries
    group by all
),

income as (
    select
        realm_id,
        journal_entry_id as doc_id,
        sum(round(if(posting_type = 'Credit', line_amount, -line_amount) * exchange_rate, 2)) as income_amount,
    from staging.journal_entry_lines
    join staging.journal_entries using (realm_id, journal_entry_id)
    semi join (select * from core.accounts where account_type = 'Income') as income_accounts
        using (realm_id, account_id)
    group by all
),

journaled as (
    select
        entries.realm_id,
        entries.doc_type,
        entries.doc_id,
        entries.txn_date,
        entries.customer_id,
        entries.root_customer_id,
        round((ar_home * least(1, income_amount / entry_amount))::decimal(28, 10), 2) as sales_amount,
    from entries
    join entry_totals using (realm_id, doc_id)
    join income using (realm_id, doc_id)
    where income_amount * entry_amount > 0
),

sales as (
    select * from charged
    union all by name
    select * from journaled
),

final as (
    select
        doc_type,  -- Type of the document: Invoice, CreditMemo or JournalEntry.

        txn_date,  -- Date of the document.

        -- What was sold on account, tax included, in home currency; negative for what was taken back.
        sales_amount::decimal(18, 2) as sales_amount,

        realm_id,  -- QuickBooks id of the company (realm).
        doc_id,  -- QuickBooks id of the document.
        -- QuickBooks id of the customer on the document, or on the line of the journal entry; null where none is named.
        customer_id,
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        root_customer_id,
    from sales
    join companies using (realm_id)
    where txn_date between history_start_date and as_of_date
)

select * from final
