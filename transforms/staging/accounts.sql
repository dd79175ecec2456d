-- One row per account of the chart of accounts.
with

accounts as (
    select * from documents.account
),

final as (
    select
        document.Name as name,  -- Name of the account; QuickBooks appends " (deleted)" to inactive ones.
        document.FullyQualifiedName as full_name,  -- Names of all levels down to the account, joined by colons.
        document.AcctNum as account_number,  -- Number of the account in the chart of accounts, as the company set it.
        document.Description as description,  -- Description of the account.
        document.Classification as classification,  -- Class of account: Asset, Equity, Expense, Liability or Revenue.
        document.AccountType as account_type,  -- Type of account, such as Bank, Accounts Receivable or Income.
        document.AccountSubType as account_sub_type,  -- Finer type of account, such as Checking or SalesOfProductIncome.
        document.CurrencyRef.value
            as currency,  -- Currency of the account, ISO 4217; null where QuickBooks names none, which means home currency.

        created_at,  -- When the account was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the account (UTC).

        document.CurrentBalance::decimal(18, 2)
            as current_balance,  -- Balance of the account now, in the account's currency, without sub-accounts; reads 0 once inactive.
        document.CurrentBalanceWithSubAccounts::decimal(18, 2)
            as current_balance_with_subs,  -- Balance of the account now with all sub-accounts, in the account's currency.
        document.Active as is_active,  -- False once the account was made inactive.
        document.SubAccount as is_sub_account,  -- True for an account that belongs to another one.
        sync_token,  -- Number of the version, which QuickBooks counts up when the account is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as account_id,  -- QuickBooks id of the account.
        document.ParentRef.value as parent_account_id,  -- Account this sub-account belongs to; null at the top.
        document.TaxCodeRef.value as tax_code_id,  -- Tax code the account has by default.
    from accounts
)

select * from final
