-- One row per company, month and age: what became during the month of the charges that were open when it began, in the
-- bucket they stood in then. In home currency; each charge is followed by itself.
with

charges as (
    select
        realm_id,
        month_start,
        doc_type,
        doc_id,
        line_no,
        customer_id,
        max(list_position(['current', '1-30', '31-60', '61-90', '91+'], bucket)) as position,
        sum(open_home) as open_home,
    from core.month_end_receivables
    where open_home > 0
    group by all
),

before as (
    select charges.* replace ((month_start + interval 1 month)::date as month_start)
    from charges
    join core.companies using (realm_id)
    where month_start < date_trunc('month', as_of_date)
),

months as (
    select
        realm_id,
        month_start,
        unnest(['current', '1-30', '31-60', '61-90', '91+']) as bucket,
        unnest(range(1, 6)) as position,
    from (
        select realm_id, month_start from charges
        union
        select realm_id, month_start from before
    )
),

write_offs as (
    select
        realm_id,
        date_trunc('month', effective_date)::date as month_start,
        'Invoice' as doc_type,
        invoice_id as doc_id,
        0 as line_no,
        customer_id,
        sum(round(written_off_amount * exchange_rate, 2)) as written_off_home,
    from core.invoice_settlements
    where written_off_amount > 0
    group by all
),

followed as (
    select
        before.realm_id,
        before.month_start,
        before.position,
        before.open_home as opening_home,
        least(before.open_home, if(charges.position > before.position, charges.open_home, 0)) as rolled_home,
        least(before.open_home, if(charges.position <= before.position, charges.open_home, 0)) as stayed_home,
        least(before.open_home - rolled_home - stayed_home, coalesce(written_off_home, 0)) as lost_home,
    from before
    left join charges using (realm_id, month_start, doc_type, doc_id, line_no, customer_id)
    left join write_offs using (realm_id, month_start, doc_type, doc_id, line_no, customer_id)
),

by_bucket as (
    select
        realm_id,
        month_start,
        position,
        sum(opening_home) as opening_home,
        sum(coalesce(rolled_home, 0)) as rolled_home,
        sum(coalesce(stayed_home, 0)) as stayed_home,
        sum(lost_home) as lost_home,
    from followed
    group by all
),

final as (
    select
        bucket,  -- Age at the end of the month before: current, 1-30, 31-60, 61-90 or 91+ days past due.
        position,  -- Place of the bucket by age: 1 for current to 5 for 91+.

        month_start,  -- First day of the month during which the charges were followed.

        -- Charges open in the bucket at the end of the month before, in home currency.
        coalesce(opening_home, 0)::decimal(18, 2) as opening_home,
        -- Part still open at the month's end in a later bucket, in home currency.
        coalesce(rolled_home, 0)::decimal(18, 2) as rolled_home,
        -- Part still open at the month's end in the bucket where it stood, in home currency.
        coalesce(stayed_home, 0)::decimal(18, 2) as stayed_home,
        -- Part written off as a bad debt during the month, in home currency.
        coalesce(lost_home, 0)::decimal(18, 2) as lost_home,

        realm_id,  -- QuickBooks id of the company (realm).
    from months
    left join by_bucket using (realm_id, month_start, position)
)

select * from final
