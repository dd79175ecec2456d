-- One row per document and customer, up to the run's date: money received for what was sold to the customer, and money
-- that went back. A payment counts with the customers billed, whoever paid; what no invoice took counts with the payer.
-- Deposits taken on invoices count, and so do lines of sales forms to a bank account, as of a day's takings. A returned
-- cheque takes away what it had brought, be it told by a journal entry against a bank, an expense or an invoice over the
-- bank account. In home currency at the document's rate.
with

companies as (
    select * from core.companies
),

receivables as (
    select * from core.receivables
),

journal_offsets as (
    select realm_id, journal_entry_id as doc_id, money_share
    from core.journal_offsets
    where money_share > 0
),

money_accounts as (
    select *
    from core.accounts
    where account_type = 'Bank' or account_sub_type = 'UndepositedFunds'
),

payments as (
    select * from receivables where doc_type = 'Payment'
),

billed as (
    select
        settlements.realm_id,
        payments.doc_id,
        payments.txn_date,
        settlements.customer_id,
        settlements.root_customer_id,
        round(sum(settlements.received_amount) * payments.exchange_rate, 2) as cash_home,
    from core.invoice_settlements as settlements
    join payments on payments.realm_id = settlements.realm_id and payments.doc_id = settlements.payment_id
    where settlements.payment_type = 'Payment' and settlements.received_amount > 0
    group by
        settlements.realm_id,
        payments.doc_id,
        payments.txn_date,
        payments.exchange_rate,
        settlements.customer_id,
        settlements.root_customer_id
),

unbilled as (
    select
        payments.realm_id,
        payments.doc_id,
        payments.txn_date,
        payments.customer_id,
        payments.root_customer_id,
        -payments.ar_home - coalesce(billed.cash_home, 0) as cash_home,
    from payments
    left join (select realm_id, doc_id, sum(cash_home) as cash_home from billed group by all) as billed
        on billed.realm_id = payments.realm_id and billed.doc_id = payments.doc_id
),

movements as (
    select realm_id, 'Payment' as doc_type, doc_id, txn_date, customer_id, root_customer_id, cash_home from billed

    union all

    select realm_id, 'Payment', doc_id, txn_date, customer_id, root_customer_id, cash_home from unbilled

    union all

    select
        realm_id,
        doc_type,
        doc_id,
        txn_date,
        customer_id,
        root_customer_id,
        round((original_amount - ar_amount) * exchange_rate, 2),
    from receivables
    where doc_type = 'Invoice' and original_amount <> ar_amount

    union all

    select realm_id, doc_type, doc_id, txn_date, customer_id, root_customer_id, -net_home
    from core.sales_lines
    semi join money_accounts using (realm_id, account_id)

    union all

    select realm_id, doc_type, doc_id, txn_date, customer_id, root_customer_id, total_home
    from core.sales_documents
    where doc_type in ('SalesReceipt', 'RefundReceipt')

    union all

    select realm_id, doc_type, doc_id, txn_date, customer_id, root_customer_id, -ar_home
    from receivables
    where doc_type in ('Deposit', 'Purchase')

    union all

    select
        realm_id,
        doc_type,
        doc_id,
        txn_date,
        customer_id,
        root_customer_id,
        round(-ar_home * money_share::decimal(20, 10), 2),
    from receivables
    join journal_offsets using (realm_id, doc_id)
    where doc_type = 'JournalEntry'
),

final as (
    select
        -- Type of the document: Payment, Invoice (deposits taken, cheques returned), SalesReceipt, RefundReceipt, Deposit,
        -- Purchase (money paid back) or JournalEntry.
        doc_type,

        txn_date,  -- Date of the document.

        -- Money received, in home currency; negative for money that went back.
        sum(cash_home)::decimal(18, 2) as cash_home,

        realm_id,  -- QuickBooks id of the company (realm).
        doc_id,  -- QuickBooks id of the document.
        customer_id,  -- QuickBooks id of the customer whose sales the money is for, else of the payer.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        root_customer_id,
    from movements
    join companies using (realm_id)
    where txn_date <= as_of_date
    group by realm_id, doc_type, doc_id, txn_date, customer_id, root_customer_id
    having sum(cash_home) <> 0
)

select * from final
