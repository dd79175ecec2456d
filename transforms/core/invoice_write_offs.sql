-- One row per invoice and day on which a bad debt of it was written off, up to the run's date: the part of the credits
-- applied to the invoice that core.write_offs calls written off.
with

companies as (
    select * from core.companies
),

write_offs as (
    select * from core.write_offs where written_off_share > 0
),

applications as (
    select * from core.receivable_applications
),

settlements as (
    select *
    from core.invoice_settlements
    join companies using (realm_id)
    where effective_date <= as_of_date and credit_amount > 0
),

credits as (
    select
        applications.realm_id,
        'Payment' as payment_type,
        applications.source_id as payment_id,
        sum(applied_amount * coalesce(written_off_share, 0)) / sum(applied_amount) as written_off_share,
    from applications
    left join write_offs
        on write_offs.realm_id = applications.realm_id
        and write_offs.doc_type = applications.target_type
        and write_offs.doc_id = applications.target_id
        and write_offs.customer_id = applications.target_customer_id
    where source_type = 'Payment' and target_sign = -1
    group by all

    union all

    select realm_id, doc_type, doc_id, written_off_share
    from write_offs
    where doc_type = 'CreditMemo'
),

final as (
    select
        effective_date as write_off_date,  -- Day from which the write-off counts on the invoice.

        -- Amount of the invoice written off that day, tax included, in home currency at the invoice's rate.
        sum(round(credit_amount * exchange_rate * written_off_share, 2))::decimal(18, 2) as written_off_home,

        settlements.realm_id,  -- QuickBooks id of the company (realm).
        invoice_id,  -- QuickBooks id of the invoice.
        settlements.customer_id,  -- QuickBooks id of the customer billed.
        settlements.root_customer_id,  -- QuickBooks id of the customer at the top of the family of the customer billed.
    from settlements
    join credits using (realm_id, payment_type, payment_id)
    where written_off_share > 0
    group by all
)

select * from final
