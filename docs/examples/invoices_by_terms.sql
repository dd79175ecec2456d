-- What is invoiced and still owed under each payment terms. One row per company and terms.
with

invoices as (
    select * from marts.invoices
),

by_terms as (
    select
        realm_id,
        coalesce(terms, 'none') as terms,
        count(*) as invoice_count,
        sum(total_home) as total_home,
        sum(balance_due_home) as balance_due_home,
        any_value(as_of_date) as as_of_date,
    from invoices
    where not is_voided
    group by all
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        terms,  -- Payment terms on the invoice; none where it has none
        invoice_count,  -- Invoices that are not void
        total_home::decimal(18, 2) as total_home,  -- Their totals with tax, in home currency
        balance_due_home::decimal(18, 2) as balance_due_home,  -- Of these, still open
        as_of_date,  -- Day whose end this describes
    from by_terms
)

select * from final
