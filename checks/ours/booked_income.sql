-- What was booked to income from one day to another, in home currency. One row per document and line or account.
with

income_accounts as (
    select * from core.accounts where realm_id = $realm_id and account_type = 'Income'
),

sales_lines as (
    select *
    from core.sales_lines
    where realm_id = $realm_id and txn_date between $first and $as_of and is_revenue
),

sales as (
    select
        'sales' as booked_by,
        doc_type as entity,
        doc_id as id,
        doc_number,
        txn_date,
        exchange_rate,
        account_id,
        gross_amount as foreign_amount,
        gross_home as amount,
    from sales_lines
),

document_discounts as (
    select doc_type, doc_id, doc_number, txn_date, exchange_rate, discount_account_id, sum(discount_amount) as amount
    from sales_lines
    where discount_amount <> 0
    group by all
),

discounts as (
    select
        'sales' as booked_by,
        doc_type as entity,
        doc_id as id,
        doc_number,
        txn_date,
        exchange_rate,
        discount_account_id as account_id,
        -document_discounts.amount as foreign_amount,
        -round(document_discounts.amount * exchange_rate, 2) as amount,
    from document_discounts
),

journal_entries as (
    select
        'journal entries' as booked_by,
        'JournalEntry' as entity,
        journal_entry_id as id,
        doc_number,
        txn_date,
        exchange_rate,
        lines.account_id,
        if(posting_type = 'Credit', line_amount, -line_amount) as foreign_amount,
        round(foreign_amount * exchange_rate, 2) as amount,
    from staging.journal_entries as documents
    join staging.journal_entry_lines as lines using (realm_id, journal_entry_id)
    where realm_id = $realm_id and txn_date between $first and $as_of
),

deposits as (
    select
        'deposits' as booked_by,
        'Deposit' as entity,
        deposit_id as id,
        doc_number,
        txn_date,
        exchange_rate,
        lines.account_id,
        line_amount as foreign_amount,
        round(foreign_amount * exchange_rate, 2) as amount,
    from staging.deposits as documents
    join staging.deposit_lines as lines using (realm_id, deposit_id)
    where realm_id = $realm_id and txn_date between $first and $as_of
),

expenses as (
    select
        'expenses' as booked_by,
        'Purchase' as entity,
        purchase_id as id,
        doc_number,
        txn_date,
        exchange_rate,
        lines.account_id,
        if(is_credit, line_amount, -line_amount) as foreign_amount,
        round(foreign_amount * exchange_rate, 2) as amount,
    from staging.purchases as documents
    join staging.purchase_lines as lines using (realm_id, purchase_id)
    where realm_id = $realm_id and txn_date between $first and $as_of
),

bills as (
    select
        'bills' as booked_by,
        'Bill' as entity,
        bill_id as id,
        doc_number,
        txn_date,
        exchange_rate,
        lines.account_id,
        -line_amount as foreign_amount,
        round(foreign_amount * exchange_rate, 2) as amount,
    from staging.bills as documents
    join staging.bill_lines as lines using (realm_id, bill_id)
    where realm_id = $realm_id and txn_date between $first and $as_of
),

vendor_credits as (
    select
        'vendor credits' as booked_by,
        'VendorCredit' as entity,
        vendor_credit_id as id,
        doc_number,
        txn_date,
        exchange_rate,
        lines.account_id,
        line_amount as foreign_amount,
        round(foreign_amount * exchange_rate, 2) as amount,
    from staging.vendor_credits as documents
    join staging.vendor_credit_lines as lines using (realm_id, vendor_credit_id)
    where realm_id = $realm_id and txn_date between $first and $as_of
),

booked as (
    select * from sales
    union all
    select * from discounts
    union all
    select * from journal_entries
    union all
    select * from deposits
    union all
    select * from expenses
    union all
    select * from bills
    union all
    select * from vendor_credits
),

final as (
    select
        booked.* exclude (account_id),
        coalesce(booked.account_id, '') as account,
        if($by_month, strftime(txn_date, '%Y-%m'), '') as month,
    from booked
    where amount <> 0
        and (booked_by = 'sales' or booked.account_id in (select account_id from income_accounts))
)

select * from final
