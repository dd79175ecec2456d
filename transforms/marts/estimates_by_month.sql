-- One row per company, dimension and member: how estimates are won, and how long they take to become money, by month of
-- the estimate, by family and by size; and by month of expected close what the open and expired ones will bring. In
-- home currency; add up one dimension.
with

companies as (
    select * from core.companies
),

pipeline as (
    select estimate_pipeline.*
    from marts.estimate_pipeline
    join companies using (realm_id)
    where outcome <> 'voided' and txn_date >= history_start_date
),

cash as (
    select
        realm_id,
        estimate_id,
        min(first_cash_date) as first_cash_date,
        max(if(is_closed, last_cash_date, null)) as last_cash_date,
        bool_and(is_closed) as is_paid,
    from core.estimate_invoices
    join marts.invoice_payments using (realm_id, invoice_id)
    group by all
),

timed as (
    select
        pipeline.*,
        outcome in ('open', 'expired') as is_undecided,
        if(is_paid and conversion_rate >= 1, last_cash_date - txn_date, null) as days_to_cash,
        median(days_to_win) over (partition by realm_id) as usual_days,
        greatest(txn_date + coalesce(usual_days, 0)::integer, as_of_date) as expected_date,
    from pipeline
    left join cash using (realm_id, estimate_id)
),

members as (
    select *, 'month' as dimension, strftime(txn_date, '%Y-%m') as member, null::varchar as member_id from timed
    union all
    select *, 'family', coalesce(root_customer_name, root_customer_id), root_customer_id from timed
    union all
    select
        *,
        'size',
        case
            when total_home < 500 then 'below 500'
            when total_home < 2000 then '500 to 2,000'
            when total_home < 10000 then '2,000 to 10,000'
            else '10,000 and more'
        end,
        null,
    from timed
    union all
    select *, 'expected month', strftime(expected_date, '%Y-%m'), null from timed where is_undecided
),

counted as (
    select
        realm_id,
        dimension,
        member,
        member_id,
        count(*) as estimate_count,
        count(*) filter (where outcome = 'won') as won_count,
        count(*) filter (where outcome = 'lost') as lost_count,
        count(*) filter (where outcome = 'open') as open_count,
        count(*) filter (where outcome = 'expired') as expired_count,
        sum(total_home) as estimated_amount,
        coalesce(sum(total_home) filter (where outcome = 'won'), 0) as won_amount,
        coalesce(sum(total_home) filter (where outcome = 'lost'), 0) as lost_amount,
        coalesce(sum(total_home) filter (where is_undecided), 0) as undecided_amount,
        sum(if(is_undecided, total_home * p_win::decimal(20, 6), 0)) as weighted_amount,
        count(*) filter (where is_undecided and p_win is null) as unweighted_count,
        median(days_to_win) as days_to_win,
        median(first_invoice_date - txn_date) as days_to_invoice,
        median(days_to_cash) as days_to_cash,
        count(days_to_cash) as cash_count,
    from members
    group by all
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        -- What is told apart: month (of the estimate's date), family, size (of the total in home currency), or expected
        -- month (in which an open or expired estimate would be won: its date and the median days to win, not before the
        -- run's date).
        dimension,
        member,  -- Month as 2026-11, name of the customer at the top of the family, or range of the total.

        companies.as_of_date,  -- Day at whose end the figures stand.

        estimated_amount::decimal(18, 2) as estimated_amount,  -- Totals of the estimates with tax, in home currency.
        won_amount::decimal(18, 2) as won_amount,  -- Totals of the estimates won with tax, in home currency.
        -- Totals of the open and expired estimates with tax, in home currency.
        undecided_amount::decimal(18, 2) as undecided_amount,
        -- Weighted pipeline: totals of the open and expired estimates times their chance of being won, in home currency;
        -- null where the model is not fitted.
        if(unweighted_count = 0, weighted_amount, null)::decimal(18, 2) as weighted_amount,
        estimate_count::integer as estimate_count,  -- Number of estimates, voided ones not counted.
        won_count::integer as won_count,  -- Number of estimates won.
        lost_count::integer as lost_count,  -- Number of estimates lost: turned down, or closed without an invoice.
        open_count::integer as open_count,  -- Number of estimates open and not expired.
        expired_count::integer as expired_count,  -- Number of estimates expired undecided.
        -- Share of the decided estimates that were won, by number, 0 to 1; null when none is decided.
        (won_count / nullif(won_count + lost_count, 0))::double as win_rate,
        -- Share of the decided estimates that were won, by total in home currency, 0 to 1; null when none is decided.
        (won_amount / nullif(won_amount + lost_amount, 0))::double as amount_win_rate,
        days_to_win::double as days_to_win_median,  -- Median days from estimate to winning; null when none was won.
        -- Median days from estimate to the first invoice; null when none was invoiced.
        days_to_invoice::double as days_to_invoice_median,
        -- Median days from estimate to cash, which is the last payment of what was invoiced in full; null when none is
        -- paid.
        days_to_cash::double as days_to_cash_median,
        cash_count::integer as cash_count,  -- Number of estimates invoiced and paid in full.

        realm_id,  -- QuickBooks id of the company (realm).
        member_id,  -- QuickBooks id of the customer at the top of the family; null in other dimensions.
    from counted
    join companies using (realm_id)
)

select * from final
