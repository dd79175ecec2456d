-- One row per invoice and day on which a bad debt of it was written off, up to the run's date: the part of the credits
-- applied to the invoice that core.write_offs calls written off.
with

companies as (
    select * from core.companies
),

settlements as (
    select *
    from core.invoice_settlements
    join companies using (realm_id)
    where effective_date <= as_of_date and written_off_amount > 0
),

final as (
    select
        effective_date as write_off_date,  -- Day from which the write-off counts on the invoice.

        -- Amount of the invoice written off that day, tax included, in home currency at the invoice's rate.
        sum(round(written_off_amount * exchange_rate, 2))::decimal(18, 2) as written_off_home,

        realm_id,  -- QuickBooks id of the company (realm).
        invoice_id,  -- QuickBooks id of the invoice.
        customer_id,  -- QuickBooks id of the customer billed.
        root_customer_id,  -- QuickBooks id of the customer at the top of the family of the customer billed.
    from settlements
    group by all
)

select * from final
