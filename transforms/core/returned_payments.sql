-- One row per payment whose money went back, and how the books tell it: a charge of exactly its amount to the customer or
-- its family, on the payment's day or later, by journal entry against a bank, by an expense, or by an invoice over the
-- bank account. Where the payment was moved to that charge no row is needed: then it settles no invoice any more.
with

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

applications as (
    select * from core.receivable_applications
),

payments as (
    select * from receivables where doc_type = 'Payment' and ar_amount < 0
),

-- A payment of zero stands for credits: the charge refunds them.
settled_before as (
    select distinct applications.realm_id, target_type, target_id, target_line_no
    from applications
    left join payments on payments.realm_id = applications.realm_id and payments.doc_id = applications.source_id
    where source_date <= target_date or payments.doc_id is null
),

charged_back as (
    select
        realm_id,
        doc_type,
        doc_id,
        line_no,
        receivables.customer_id,
        root_customer_id,
        currency,
        txn_date,
        ar_amount,
        round(ar_amount * if(doc_type = 'Purchase', 1, money_share::decimal(20, 10)), 2) as returned_amount,
    from receivables
    left join journal_offsets using (realm_id, doc_id)
    anti join settled_before
        on settled_before.realm_id = receivables.realm_id
        and settled_before.target_type = receivables.doc_type
        and settled_before.target_id = receivables.doc_id
        and settled_before.target_line_no = receivables.line_no
    where ar_amount > 0 and (doc_type = 'Purchase' or (doc_type = 'JournalEntry' and money_share is not null))
),

billed_back as (
    select
        receivables.realm_id,
        receivables.doc_type,
        receivables.doc_id,
        receivables.line_no,
        receivables.customer_id,
        receivables.root_customer_id,
        receivables.currency,
        receivables.txn_date,
        receivables.ar_amount,
        sum(lines.net_amount) as returned_amount,
    from core.sales_lines as lines
    semi join money_accounts
        on money_accounts.realm_id = lines.realm_id and money_accounts.account_id = lines.account_id
    join receivables
        on receivables.realm_id = lines.realm_id
        and receivables.doc_type = lines.doc_type
        and receivables.doc_id = lines.doc_id
    where lines.doc_type = 'Invoice'
    group by all
    having returned_amount > 0 and returned_amount <= receivables.ar_amount
),

charges as (
    select * from charged_back
    union all
    select * from billed_back
),

-- Of several payments it is the customer's own, then the latest.
payments_of_charges as (
    select
        charges.*,
        payments.doc_id as payment_id,
        payments.txn_date as payment_date,
    from charges
    join payments
        on payments.realm_id = charges.realm_id
        and payments.root_customer_id = charges.root_customer_id
        and coalesce(payments.currency, '') = coalesce(charges.currency, '')
        and -payments.ar_amount = charges.returned_amount
        and payments.txn_date <= charges.txn_date
    qualify row_number() over (
        partition by charges.realm_id, charges.doc_type, charges.doc_id, charges.line_no
        order by payments.customer_id = charges.customer_id desc, payments.txn_date desc, payments.doc_id desc
    ) = 1
),

final as (
    select
        doc_type,  -- Type of the document that takes the money back: JournalEntry, Purchase or Invoice.
        line_no,  -- Position of the line of that document; 0 for an invoice, which charges as a whole.

        payment_date,  -- Date of the payment.
        txn_date,  -- Date of the document that takes the money back.

        ar_amount,  -- Amount that the document or line posts to accounts receivable, in its currency.
        -- Part of the charge that is the payment's money, in the payment's currency.
        returned_amount::decimal(18, 2) as returned_amount,

        realm_id,  -- QuickBooks id of the company (realm).
        payment_id,  -- QuickBooks id of the payment.
        doc_id,  -- QuickBooks id of the document that takes the money back.
        customer_id,  -- QuickBooks id of the customer whom that document charges.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        root_customer_id,
    from payments_of_charges
    qualify row_number() over (partition by realm_id, payment_id order by txn_date, doc_type, doc_id) = 1
)

select * from final
