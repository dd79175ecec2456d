-- Chart of accounts. One row per account.
with

accounts as (
    select * from documents.account
),

final as (
    select
        realm_id,
        id as account_id,
        document.ParentRef.value as parent_account_id,
        document.TaxCodeRef.value as tax_code_id,

        document.Name as name,
        document.FullyQualifiedName as full_name,
        document.AcctNum as account_number,
        document.Description as description,
        document.Classification as classification,
        document.AccountType as account_type,
        document.AccountSubType as account_sub_type,

        document.CurrencyRef.value as currency,
        document.CurrentBalance::decimal(18, 2) as current_balance,
        document.CurrentBalanceWithSubAccounts::decimal(18, 2) as current_balance_with_subs,

        document.Active as is_active,
        document.SubAccount as is_sub_account,

        sync_token,
        created_at,
        last_updated_at,
    from accounts
)

select * from final
