-- Chart of accounts. One row per account.
with

accounts as (
    select * from staging.accounts
),

companies as (
    select * from core.companies
),

final as (
    select
        accounts.realm_id,  -- QuickBooks company id (realm)
        accounts.account_id,  -- QuickBooks id of the account
        accounts.parent_account_id,  -- Account this is a sub-account of; null at the top

        accounts.name,  -- Name of the account
        accounts.full_name,  -- Names of all levels, joined by colons
        accounts.account_number,  -- Number the company gave it
        accounts.classification,  -- Asset, Liability, Equity, Revenue or Expense
        accounts.account_type,  -- QuickBooks account type, such as Accounts Receivable
        accounts.account_sub_type,  -- QuickBooks detail type
        coalesce(accounts.currency, companies.home_currency) as currency,  -- Currency of the account

        accounts.current_balance,  -- Balance QuickBooks shows now, without sub-accounts; meaningless when inactive
        accounts.current_balance_with_subs,  -- The same with sub-accounts

        coalesce(accounts.is_active, true) as is_active,  -- False for accounts made inactive
        coalesce(accounts.account_type = 'Accounts Receivable', false) as is_receivable,  -- True for A/R accounts
    from accounts
    join companies using (realm_id)
)

select * from final
