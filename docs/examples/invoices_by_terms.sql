-- One row per company and terms: what is invoiced and still owed under each payment terms.
with

invoices as (
    select * from marts.invoices
),

by_terms as (
    select
        company_name,
        coalesce(terms, 'none') as terms,
        as_of_date,
        sum(total_home) as total_home,
        sum(balance_due_home) as balance_due_home,
        count(*) as invoice_count,
        realm_id,
    from invoices
    where not is_voided
    group by all
),

final as (
    select
        company_name,  -- Name of the company whose books these are.
        terms,  -- Payment terms named on the invoices; none where they name none.

        as_of_date,  -- Day at whose end the figures stand.

        total_home::decimal(18, 2) as total_home,  -- Total of the invoices with tax, in home currency.
        balance_due_home::decimal(18, 2) as balance_due_home,  -- Amount of the invoices still open, in home currency.
        invoice_count,  -- Number of invoices that are not voided.

        realm_id,  -- QuickBooks id of the company (realm).
    from by_terms
)

select * from final
