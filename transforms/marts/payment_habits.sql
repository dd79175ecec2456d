-- One row per company, dimension and member: how invoices of the company, of each family, of each payment term and of
-- each year were paid, and what that says of a new one. By invoice, whatever its age; add up one dimension.
with

companies as (
    select * from core.companies
),

terms as (
    select realm_id, doc_id as invoice_id, any_value(receivables.terms) as terms
    from core.receivables as receivables
    where doc_type = 'Invoice'
    group by all
),

invoices as (
    select
        invoice_payments.*,
        terms,
        is_closed and cash_paid > 0 as is_paid,
        is_paid and credited = 0 as is_paid_in_money,
        open_amount > 0 and due_date + grace_days < as_of_date as is_overdue,
        is_overdue or (is_paid and due_date + grace_days < as_of_date) as is_decided,
        is_overdue or (is_decided and was_late) as is_late,
        round(original_amount * exchange_rate, 2) as home_amount,
        cash_paid * exchange_rate as cash_home,
        greatest(0, paid_in_full_date - txn_date) as days_to_pay,
    from marts.invoice_payments
    join (select realm_id, grace_days from companies) using (realm_id)
    left join terms using (realm_id, invoice_id)
    where not is_voided and ar_amount > 0
),

members as (
    select *, 'company' as dimension, null::varchar as member_id, company_name as member from invoices
    union all
    select *, 'family', root_customer_id, coalesce(root_customer_name, root_customer_id) from invoices
    union all
    select *, 'terms', terms, coalesce(terms, 'Not specified') from invoices
    union all
    select *, 'year', year(txn_date)::varchar, year(txn_date)::varchar from invoices
),

habits as (
    select
        realm_id,
        dimension,
        member_id,
        any_value(member) as member,
        count(*) as invoice_count,
        count(*) filter (where is_paid) as paid_count,
        count(*) filter (where is_paid_in_money) as paid_in_money_count,
        count(*) filter (where is_closed and credited <> 0) as credited_count,
        count(*) filter (where is_overdue) as overdue_count,
        count(*) filter (where is_paid and was_late) as late_paid_count,
        count(*) filter (where is_decided) as decided_count,
        count(*) filter (where is_late) as late_count,
        sum(if(is_overdue, as_of_date - txn_date, days_to_pay)) filter (where is_paid_in_money or is_overdue) as days_so_far,
        sum(home_amount) as invoiced_amount,
        sum(home_amount::decimal(28, 2) * (due_date - txn_date)) / nullif(sum(home_amount), 0) as terms_days,
        sum(cash_home * greatest(0, days_to_pay_weighted)) / nullif(sum(cash_home), 0) as weighted_days,
        avg(days_to_pay) filter (where is_paid_in_money) as mean_days,
        median(days_to_pay) filter (where is_paid_in_money) as median_days,
    from members
    group by all
),

of_company as (
    select
        realm_id,
        late_count / nullif(decided_count, 0) as company_late_rate,
        days_so_far / nullif(paid_in_money_count + overdue_count, 0) as company_days,
    from habits
    where dimension = 'company'
),

write_offs as (
    select realm_id, 'family' as dimension, root_customer_id as member_id, sum(written_off_amount) as written_off_amount
    from core.write_offs
    group by all

    union all

    select realm_id, 'company', null, sum(written_off_amount)
    from core.write_offs
    group by all
),

figures as (
    select
        habits.*,
        paid_count + overdue_count as judged_count,
        if(habits.dimension = 'company', 0, 1) as borrowed_count,
        company_late_rate,
        company_days,
        if(habits.dimension in ('company', 'family'), coalesce(written_off_amount, 0), null) as written_off_amount,
    from habits
    left join of_company using (realm_id)
    left join write_offs
        on write_offs.realm_id = habits.realm_id
        and write_offs.dimension = habits.dimension
        and write_offs.member_id is not distinct from (habits.member_id)
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        dimension,  -- What is told apart: company, family, terms or year (the calendar year of the invoices).
        -- Name of the company, of the customer at the top of the family, or of the terms, or the year; Not specified for
        -- invoices without terms.
        member,

        companies.as_of_date,  -- Day at whose end the figures stand.

        invoiced_amount::decimal(18, 2) as invoiced_amount,  -- Totals of the invoices with tax, in home currency.
        -- Bad debt written off so far, without tax, less what came back, in home currency; null for terms and years.
        written_off_amount::decimal(18, 2) as written_off_amount,
        invoice_count::integer as invoice_count,  -- Number of invoices, voided ones not counted.
        paid_count::integer as paid_count,  -- Number of invoices closed with at least some money.
        -- Number of invoices closed with any credit, which the mean and median days to pay leave out.
        credited_count::integer as credited_count,
        overdue_count::integer as overdue_count,  -- Number of open invoices more than 4 days past due.
        -- Days from date to due date of the invoices, weighted by their amounts.
        terms_days::double as terms_days_weighted,
        -- Days from invoice to payment, prepayments counted as 0, weighted by money; null without payments.
        weighted_days::double as days_to_pay_weighted,
        -- Mean days until paid in full, of the invoices paid in money alone; null without any.
        mean_days::double as days_to_pay_mean,
        -- Median days until paid in full, of the invoices paid in money alone; null without any.
        median_days::double as days_to_pay_median,
        -- Share of the paid invoices whose last money came more than 4 days late, 0 to 1; null when none was paid.
        (late_paid_count / nullif(paid_count, 0))::double as late_rate,
        -- Share of the paid and the open overdue invoices that are late, 0 to 1; null when there are none.
        ((late_paid_count + overdue_count) / nullif(judged_count, 0))::double as late_or_overdue_rate,
        -- Probability that a new invoice is paid late, 0 to 1: of the member's invoices whose due date is more than
        -- 4 days past, the late ones and 1 at the company's rate, divided by all and 1; null when the company has none.
        -- marts.model_scores says how well that did (late_at_issue).
        ((late_count + borrowed_count * company_late_rate) / nullif(decided_count + borrowed_count, 0))::double as p_late,
        -- Days after which a new invoice is expected to be paid: the mean of the member's invoices paid in money alone, of
        -- its overdue ones with their age so far, and of 1 at the company's mean; null when the company has none.
        (
            (coalesce(days_so_far, 0) + borrowed_count * company_days)
            / nullif(paid_in_money_count + overdue_count + borrowed_count, 0)
        )::double as expected_days_to_pay,

        figures.realm_id,  -- QuickBooks id of the company (realm).
        -- QuickBooks id of the customer at the top of the family; of terms and years their name; null for the company
        -- and where no terms are named.
        member_id,
    from figures
    join companies using (realm_id)
)

select * from final
