-- One row per estimate and invoice made from it, with how much of the invoice came from the estimate. What an invoice
-- gives to its estimates adds up to its total: of several, each has the share of the lines that name it, or where no
-- line does, of its own total.
with

companies as (
    select * from core.companies
),

estimates as (
    select *
    from staging.estimates
    join companies using (realm_id)
    where txn_date <= as_of_date and not is_voided
),

invoices as (
    select *
    from core.sales_documents
    where doc_type = 'Invoice' and not is_voided
),

lines as (
    select *
    from core.sales_lines
    where doc_type = 'Invoice'
),

line_links as (
    select
        realm_id,
        invoice_id,
        line_no,
        min(linked_txn_id) as estimate_id,
    from staging.invoice_line_links
    where linked_txn_type = 'Estimate'
    group by all
),

links as (
    select realm_id, invoice_id, linked_txn_id as estimate_id
    from staging.invoice_links
    where linked_txn_type = 'Estimate'

    union

    select realm_id, linked_txn_id as invoice_id, estimate_id
    from staging.estimate_links
    where linked_txn_type = 'Invoice'

    union

    select realm_id, invoice_id, estimate_id
    from line_links
),

pairs as (
    select
        links.realm_id,
        links.estimate_id,
        links.invoice_id,
        invoices.currency,
        invoices.exchange_rate,
        invoices.total_amount as invoice_amount,
        estimates.total_amount as estimate_amount,
        invoices.txn_date as invoice_date,
        count(*) over (partition by links.realm_id, links.invoice_id) as estimate_count,
    from links
    join estimates using (realm_id, estimate_id)
    join invoices on invoices.realm_id = links.realm_id and invoices.doc_id = links.invoice_id
),

shared_line_links as (
    select *
    from line_links
    semi join (from pairs where estimate_count > 1) as shared using (realm_id, estimate_id, invoice_id)
),

by_line as (
    select
        shared_line_links.realm_id,
        shared_line_links.invoice_id,
        shared_line_links.estimate_id,
        sum(lines.net_amount) as line_amount,
    from lines
    join shared_line_links
        on shared_line_links.realm_id = lines.realm_id
        and shared_line_links.invoice_id = lines.doc_id
        and shared_line_links.line_no = coalesce(lines.group_line_no, lines.line_no)
    group by all
),

weighed as (
    select
        pairs.*,
        case
            when min(coalesce(line_amount, 0)) over of_the_invoice >= 0
                and sum(coalesce(line_amount, 0)) over of_the_invoice > 0 then coalesce(line_amount, 0)
            when sum(estimate_amount) over of_the_invoice > 0 then estimate_amount
            else 1
        end as weight,
    from pairs
    left join by_line using (realm_id, invoice_id, estimate_id)
    window of_the_invoice as (partition by pairs.realm_id, pairs.invoice_id)
),

in_cents as (
    select
        *,
        (invoice_amount * 100)::hugeint as invoice_cents,
        (weight * 100)::hugeint as cents,
        (sum(weight) over (partition by realm_id, invoice_id) * 100)::hugeint as all_cents,
        (sum(weight) over (
            partition by realm_id, invoice_id
            order by estimate_id
            rows between unbounded preceding and current row
        ) * 100)::hugeint as running_cents,
    from weighed
),

shares as (
    select
        *,
        (
            (2 * invoice_cents * running_cents + all_cents) // (2 * all_cents)
            - (2 * invoice_cents * (running_cents - cents) + all_cents) // (2 * all_cents)
        )::decimal(18, 2) / 100 as invoiced_amount,
    from in_cents
),

final as (
    select
        currency,  -- Currency of the invoice and of the estimate, as an ISO 4217 code.

        invoice_date,  -- Date of the invoice; may lie after the run's date.

        exchange_rate,  -- Units of home currency per unit of the invoice's currency; 1 for invoices in home currency.
        estimate_count::integer as estimate_count,  -- Number of estimates that the invoice was made from.
        -- Part of the invoice's total with tax that came from the estimate, in the invoice's currency.
        invoiced_amount::decimal(18, 2) as invoiced_amount,
        -- Part of the invoice's total with tax that came from the estimate, in home currency at the invoice's rate.
        round(invoiced_amount * exchange_rate, 2)::decimal(18, 2) as invoiced_home,

        realm_id,  -- QuickBooks id of the company (realm).
        estimate_id,  -- QuickBooks id of the estimate.
        invoice_id,  -- QuickBooks id of the invoice, which is neither voided nor deleted.
    from shares
)

select * from final
