-- One row per company: whether the order of marts.collection_worklist finds the money that does not come by itself. As of
-- 90 days before the run's date, by the overdue invoices open then, beside an order by the largest overdue amount.
with

payment_fits as (
    select * from core.payment_fits where is_backtest
),

balances as (
    select *, doc_id as invoice_id
    from core.receivable_balances
    where doc_type = 'Invoice' and open_home > 0
),

overdue as (
    select
        realm_id,
        invoice_id,
        balances.root_customer_id,
        sum(open_home) as overdue_amount,
        sum(open_home * (1 - p_30d::decimal(20, 6))) as expected_amount,
    from balances
    join payment_fits using (realm_id)
    join core.payment_chances using (realm_id, known_until, invoice_id)
    where from_date <= known_until and coalesce(until_date > known_until, true) and due_date < known_until
        and p_30d is not null
    group by all
),

unpaid as (
    select realm_id, invoice_id, sum(open_home) as unpaid_amount
    from balances
    join payment_fits using (realm_id)
    where from_date <= known_until + 30 and coalesce(until_date > known_until + 30, true)
    group by all
),

families as (
    select
        realm_id,
        root_customer_id,
        sum(overdue_amount) as overdue_amount,
        sum(expected_amount) as expected_amount,
        coalesce(sum(unpaid_amount), 0) as unpaid_amount,
    from overdue
    left join unpaid using (realm_id, invoice_id)
    group by all
),

ranked as (
    select
        *,
        row_number() over (
            partition by realm_id order by expected_amount desc, overdue_amount desc, root_customer_id
        ) as place,
        row_number() over (partition by realm_id order by overdue_amount desc, root_customer_id) as naive_place,
    from families
),

caught as (
    select
        realm_id,
        count(*) as compared_count,
        sum(unpaid_amount) filter (where place <= 10) / nullif(sum(unpaid_amount), 0) as caught_share,
        sum(unpaid_amount) filter (where naive_place <= 10) / nullif(sum(unpaid_amount), 0) as naive_share,
    from ranked
    group by all
),

judged as (
    select
        *,
        if(coalesce(compared_count, 0) > 10, payment_fits.model_status, 'insufficient_data') as judged_status,
    from payment_fits
    left join caught using (realm_id)
),

final as (
    select
        'collection_order' as model,  -- Name of the model, always collection_order: the order of the worklist.
        'caught_share' as metric,  -- What is measured, always caught_share: of the money, the share that was first.
        -- What was judged: overdue money at the split that was unpaid 30 days later, and stood with the first ten
        -- families.
        'overdue invoices of the split that were unpaid 30 days later, with the first 10 families' as judged_on,
        'largest_amount' as baseline,  -- Name of the naive order, always largest_amount: most overdue money first.
        -- Whether the order was judged: fitted, or insufficient_data below 5 paid invoices by the split, and where no more
        -- than ten families were overdue.
        judged_status as model_status,

        known_until as split_date,  -- Day up to which the order knew the books.
        as_of_date,  -- Day up to which the books are known.

        30 as horizon_days,  -- Days after the split, always 30.
        -- Share of that money, in home currency, that stood with the first ten families of the order, 0 to 1; null where
        -- the order was not judged.
        if(judged_status = 'fitted', caught_share, null)::double as value,
        -- Share of that money that stood with the ten families who owed most, 0 to 1; null where the order was not judged.
        if(judged_status = 'fitted', naive_share, null)::double as baseline_value,
        coalesce(compared_count, 0)::integer as compared_count,  -- Number of families with overdue invoices.
        0 as missing_count,  -- Number of families without a place in the order, always 0.
        -- Share of outcomes inside an interval, 0 to 1; always null, as no interval is forecast.
        null::double as coverage,
        -- Share of outcomes that an interval promises, 0 to 1; always null, as no interval is forecast.
        null::double as stated_coverage,

        realm_id,  -- QuickBooks id of the company (realm).
    from judged
)

select * from final
