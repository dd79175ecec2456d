-- What was booked to income from one day to another, in home currency. One row per account for sales, per document and account for
-- whatever else books to income.
with

income_accounts as (
    select * from core.accounts where realm_id = $realm_id and account_type = 'Income'
),

sales as (
    select
        'sales' as booked_by,
        '' as entity,
        '' as id,
        account_id,
        sum(gross_home) as amount,
        count(*) filter (exchange_rate <> 1) as foreign_lines,
    from core.sales_lines
    where realm_id = $realm_id and txn_date between $first and $as_of
    group by all
),

discounts as (
    select
        'sales' as booked_by,
        '' as entity,
        '' as id,
        discount_account_id as account_id,
        -sum(discount_home) as amount,
        count(*) filter (exchange_rate <> 1) as foreign_lines,
    from core.sales_lines
    where realm_id = $realm_id and txn_date between $first and $as_of
    group by all
),

journal_entries as (
    select
        'journal entries' as booked_by,
        'JournalEntry' as entity,
        journal_entry_id as id,
        account_id,
        sum(round(
            if(posting_type = 'Credit', line_amount, -line_amount) * exchange_rate, 2
        )) as amount,
        count(*) filter (exchange_rate <> 1) as foreign_lines,
    from staging.journal_entries
    join staging.journal_entry_lines using (realm_id, journal_entry_id)
    semi join income_accounts using (realm_id, account_id)
    where realm_id = $realm_id and txn_date between $first and $as_of
    group by all
),

deposits as (
    select
        'deposits' as booked_by,
        'Deposit' as entity,
        deposit_id as id,
        account_id,
        sum(round(line_amount * exchange_rate, 2)) as amount,
        count(*) filter (exchange_rate <> 1) as foreign_lines,
    from staging.deposits
    join staging.deposit_lines using (realm_id, deposit_id)
    semi join income_accounts using (realm_id, account_id)
    where realm_id = $realm_id and txn_date between $first and $as_of
    group by all
),

expenses as (
    select
        'expenses' as booked_by,
        'Purchase' as entity,
        purchase_id as id,
        lines.account_id,
        sum(round(if(is_credit, line_amount, -line_amount) * exchange_rate, 2)) as amount,
        count(*) filter (exchange_rate <> 1) as foreign_lines,
    from staging.purchases as purchases
    join staging.purchase_lines as lines using (realm_id, purchase_id)
    join income_accounts using (realm_id)
    where realm_id = $realm_id and txn_date between $first and $as_of and lines.account_id = income_accounts.account_id
    group by all
),

bills as (
    select
        'bills' as booked_by,
        'Bill' as entity,
        bill_id as id,
        account_id,
        sum(round(-line_amount * exchange_rate, 2)) as amount,
        count(*) filter (exchange_rate <> 1) as foreign_lines,
    from staging.bills
    join staging.bill_lines using (realm_id, bill_id)
    semi join income_accounts using (realm_id, account_id)
    where realm_id = $realm_id and txn_date between $first and $as_of
    group by all
),

vendor_credits as (
    select
        'vendor credits' as booked_by,
        'VendorCredit' as entity,
        vendor_credit_id as id,
        account_id,
        sum(round(line_amount * exchange_rate, 2)) as amount,
        count(*) filter (exchange_rate <> 1) as foreign_lines,
    from staging.vendor_credits
    join staging.vendor_credit_lines using (realm_id, vendor_credit_id)
    semi join income_accounts using (realm_id, account_id)
    where realm_id = $realm_id and txn_date between $first and $as_of
    group by all
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
)

select
    booked_by,
    entity,
    id,
    coalesce(account_id, '') as income_account_id,
    sum(amount) as total_amount,
    sum(foreign_lines)::bigint as foreign_lines,
from booked
where amount <> 0 and (account_id is null or account_id in (select account_id from income_accounts))
group by all
order by all
