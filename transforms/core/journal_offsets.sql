-- One row per journal entry that changes accounts receivable: whether money stands on its other side. Dr bank, Cr
-- receivable is a payment; Dr receivable, Cr bank takes one back.
with

accounts as (
    select
        realm_id,
        account_id,
        is_receivable,
        account_type = 'Bank' or coalesce(account_sub_type = 'UndepositedFunds', false) as is_money,
    from core.accounts
),

lines as (
    select
        realm_id,
        journal_entry_id,
        account_id,
        if(posting_type = 'Debit', line_amount, -line_amount) as amount,
    from staging.journal_entry_lines
),

sides as (
    select
        realm_id,
        journal_entry_id,
        coalesce(sum(amount) filter (where is_receivable), 0) as receivable_amount,
        coalesce(-sum(amount) filter (where is_money), 0) as money_amount,
    from lines
    join accounts using (realm_id, account_id)
    group by all
    having receivable_amount <> 0
),

final as (
    select
        -- Share of the receivable that a bank account or Undeposited Funds stands against, 0 to 1.
        greatest(0, least(1, money_amount / receivable_amount))::double as money_share,

        realm_id,  -- QuickBooks id of the company (realm).
        journal_entry_id,  -- QuickBooks id of the journal entry.
    from sides
)

select * from final
