-- One row per account of the chart of accounts.
with

accounts as (
    select * from staging.accounts
),

companies as (
    select * from core.companies
),

final as (
    select
        accounts.name,  -- Name of the account.
        accounts.full_name,  -- Full name of the account: the names of all levels joined by colons.
        accounts.account_number,  -- Number that the company gave the account.
        accounts.classification,  -- Classification of the account: Asset, Liability, Equity, Revenue or Expense.
        accounts.account_type,  -- Account type of QuickBooks, such as Accounts Receivable.
        accounts.account_sub_type,  -- Detail type of QuickBooks, such as AccountsReceivable.
        -- Currency of the account, as an ISO 4217 code.
        coalesce(accounts.currency, companies.home_currency) as currency,

        -- Balance that QuickBooks shows now without sub-accounts, in the account's currency; meaningless when the
        -- account is inactive.
        accounts.current_balance,
        -- Balance that QuickBooks shows now with sub-accounts, in the account's currency; meaningless when the account
        -- is inactive.
        accounts.current_balance_with_subs,
        coalesce(accounts.is_active, true) as is_active,  -- False for an account made inactive.
        -- True for an account of accounts receivable.
        coalesce(accounts.account_type = 'Accounts Receivable', false) as is_receivable,

        accounts.realm_id,  -- QuickBooks id of the company (realm).
        accounts.account_id,  -- QuickBooks id of the account.
        accounts.parent_account_id,  -- QuickBooks id of the account that this one is a sub-account of; null at the top.
    from accounts
    join companies using (realm_id)
)

select * from final
