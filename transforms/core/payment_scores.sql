-- One row per company, model, metric, horizon and naive forecast: how well the payment forecast and the chances of being
-- late did, made 90 days before the run's date and held against what happened since. What a naive forecast puts into the
-- past counts as the next day.
with

payment_fits as (
    select * from core.payment_fits where is_backtest
),

payment_times as (
    select *, due_date + grace_days as late_after
    from core.payment_times
    join (select realm_id, grace_days from core.companies) using (realm_id)
),

chances as (
    select * from core.payment_chances where is_backtest and model_status = 'fitted'
),

medians as (
    select realm_id, quantile_disc(days_to_close, 0.5) as median_days
    from payment_times
    join payment_fits using (realm_id)
    where is_paid and closed_date <= known_until
    group by all
),

open_then as (
    select
        chances.realm_id,
        chances.invoice_id,
        unnest([7, 14, 30, 60, 90]) as horizon_days,
        unnest([p_7d, p_14d, p_30d, p_60d, p_90d]) as chance,
        expected_days,
        closed_date - known_until as actual_days,
        greatest(1, due_date - known_until) as due_date_days,
        greatest(1, txn_date + median_days - known_until) as global_median_days,
        coalesce(is_paid and actual_days <= horizon_days, false) as has_happened,
        is_paid,
    from chances
    join payment_times using (realm_id, invoice_id)
    join medians using (realm_id)
),

-- What a credit closed within the days has no outcome.
paid_or_not as (
    select realm_id, horizon_days, has_happened, 'model' as forecast, chance, chance as score
    from open_then
    where is_paid or actual_days is null or actual_days > horizon_days

    union all by name

    select
        realm_id,
        horizon_days,
        has_happened,
        'due_date' as forecast,
        (due_date_days <= horizon_days)::integer as chance,
        -due_date_days as score,
    from open_then
    where is_paid or actual_days is null or actual_days > horizon_days

    union all by name

    select
        realm_id,
        horizon_days,
        has_happened,
        'global_median' as forecast,
        (global_median_days <= horizon_days)::integer as chance,
        -global_median_days as score,
    from open_then
    where is_paid or actual_days is null or actual_days > horizon_days
),

-- As marts.payment_habits has it, of the invoices whose due date was past then.
late_by_family as (
    select
        realm_id,
        root_customer_id,
        count(*) as judged_count,
        count(*) filter (where closed_date is null or closed_date > least(late_after, known_until)) as late_count,
    from payment_times
    join payment_fits using (realm_id)
    where model_status = 'fitted' and late_after < known_until and (is_paid or closed_date is null or closed_date > known_until)
    group by all
),

late_by_company as (
    select realm_id, sum(late_count) / sum(judged_count) as late_rate
    from late_by_family
    group by all
),

late_or_not as (
    select
        payment_times.realm_id,
        coalesce(closed_date > late_after, true) as has_happened,
        unnest(['model', 'company_rate']) as forecast,
        unnest([
            (coalesce(late_count, 0) + late_rate) / (coalesce(judged_count, 0) + 1), late_rate
        ])::double as chance,
    from payment_times
    join payment_fits using (realm_id)
    join late_by_company using (realm_id)
    left join late_by_family using (realm_id, root_customer_id)
    where txn_date > known_until and late_after < payment_times.as_of_date
        and (is_paid or closed_date is null or closed_date > late_after)
),

judged as (
    select 'payment_survival' as model, * from paid_or_not
    union all by name
    select 'late_at_issue' as model, *, null::integer as horizon_days, chance as score from late_or_not
),

ranked as (
    select
        *,
        least(floor(chance * 10), 9) as decile,
        rank() over (cases order by score) + (count(*) over (same_scores) - 1) / 2 as mid_rank,
    from judged
    window
        cases as (partition by realm_id, model, horizon_days, forecast),
        same_scores as (partition by realm_id, model, horizon_days, forecast, score)
),

by_decile as (
    select
        realm_id,
        model,
        horizon_days,
        forecast,
        decile,
        count(*) as compared_count,
        count(*) filter (where chance is null) as missing_count,
        count(*) filter (where has_happened) as happened_count,
        count(*) filter (where (chance >= 0.5) = has_happened) as right_count,
        sum(coalesce((chance - has_happened::integer) ** 2, 1)) as squares,
        sum(mid_rank) filter (where has_happened) as happened_ranks,
        if(count(*) >= 50, abs(avg(chance) - avg(has_happened::integer)), null) as decile_error,
    from ranked
    group by all
),

totals as (
    select
        realm_id,
        model,
        horizon_days,
        forecast,
        sum(compared_count) as compared_count,
        sum(missing_count) as missing_count,
        sum(happened_count) as happened_count,
        sum(right_count) as right_count,
        sum(squares) as squares,
        sum(happened_ranks) as happened_ranks,
        max(decile_error) as calibration_error,
    from by_decile
    group by all
),

figures as (
    select
        *,
        unnest(['accuracy', 'brier', 'auc', 'calibration_error']) as metric,
        unnest([
            right_count / compared_count,
            squares / compared_count,
            (happened_ranks - happened_count * (happened_count + 1) / 2)
                / nullif(happened_count * (compared_count - happened_count), 0),
            calibration_error,
        ]) as value,
    from totals
),

-- An invoice without an expected day counts as one whose payment was missed by all of the 90 days.
days_off as (
    select
        realm_id,
        unnest(['model', 'due_date', 'global_median']) as forecast,
        unnest([
            coalesce(abs(expected_days - actual_days), 90),
            abs(due_date_days - actual_days),
            abs(global_median_days - actual_days),
        ]) as days,
        expected_days is null as is_missing,
    from open_then
    where is_paid and horizon_days = 90
),

metrics as (
    select realm_id, model, horizon_days, forecast, metric, value, compared_count, missing_count
    from figures

    union all by name

    select
        realm_id,
        'payment_survival' as model,
        90 as horizon_days,
        forecast,
        'mae' as metric,
        avg(days) as value,
        count(*) as compared_count,
        count(*) filter (where is_missing) as missing_count,
    from days_off
    group by all
),

kinds as (
    select
        'payment_survival' as model,
        unnest(['accuracy', 'brier', 'auc', 'calibration_error']) as metric,
        [7, 14, 30, 60, 90] as horizons,
        ['due_date', 'global_median'] as baselines,

    union all

    select 'payment_survival', 'mae', [90], ['due_date', 'global_median']

    union all

    select 'late_at_issue', unnest(['accuracy', 'brier', 'auc', 'calibration_error']), [null], ['company_rate']
),

kinds_by_horizon as (
    select model, metric, baselines, unnest(horizons)::integer as horizon_days
    from kinds
),

wanted as (
    select payment_fits.*, model, metric, horizon_days, unnest(baselines) as baseline
    from payment_fits
    cross join kinds_by_horizon
),

final as (
    select
        -- Name of the model: payment_survival, the forecast of open invoices in marts.open_invoice_forecast, or
        -- late_at_issue, the chance that a new invoice is paid late in marts.payment_habits.
        wanted.model,
        -- What is measured: accuracy, brier or auc of chances; calibration_error, the greatest difference of mean chance
        -- and share of what came, 0 to 1, of the tenths of the scale of chances that hold 50 cases; or mae, the mean
        -- absolute error of expected days.
        wanted.metric,
        -- What was judged: invoices open at the split, and paid or not within the horizon; such invoices paid within it;
        -- or invoices dated after the split, and late or not.
        case
            when wanted.model = 'late_at_issue' then 'invoices dated after the split, whether paid late'
            when wanted.metric = 'mae' then 'invoices open at the split and paid within 90 days, days until paid'
            else concat('invoices open at the split, whether paid within ', wanted.horizon_days, ' days')
        end as judged_on,
        -- Name of the naive forecast: due_date, global_median (of days to pay by then), or company_rate (the company's
        -- share of late invoices by then).
        wanted.baseline,
        -- Whether the model was judged: fitted, or insufficient_data below 5 paid invoices by the split.
        wanted.model_status,

        wanted.known_until as split_date,  -- Day up to which the model knew the books.
        wanted.as_of_date,  -- Day up to which the forecast was judged.

        wanted.horizon_days,  -- Days after the split that were judged; null for invoices dated after the split.
        -- Figure of the model, in the metric's own unit; null when the model is not fitted, there was no such invoice, all
        -- or none were paid (auc), or no tenth holds 50 (calibration_error). Invoices without a forecast count as wrong.
        of_model.value::double as value,
        -- Figure of the naive forecast on the invoices of the model, in the metric's own unit; null where there is none to measure.
        of_baseline.value::double as baseline_value,
        coalesce(of_model.compared_count, 0)::integer as compared_count,  -- Number of invoices judged.
        -- Number of invoices judged for which the model had no figure.
        coalesce(of_model.missing_count, 0)::integer as missing_count,
        -- Share of outcomes inside an interval, 0 to 1; always null, as no interval is forecast.
        null::double as coverage,
        -- Share of outcomes that an interval promises, 0 to 1; always null, as no interval is forecast.
        null::double as stated_coverage,

        wanted.realm_id,  -- QuickBooks id of the company (realm).
    from wanted
    left join metrics as of_model
        on of_model.realm_id = wanted.realm_id
        and of_model.model = wanted.model
        and of_model.metric = wanted.metric
        and of_model.horizon_days is not distinct from (wanted.horizon_days)
        and of_model.forecast = 'model'
    left join metrics as of_baseline
        on of_baseline.realm_id = wanted.realm_id
        and of_baseline.model = wanted.model
        and of_baseline.metric = wanted.metric
        and of_baseline.horizon_days is not distinct from (wanted.horizon_days)
        and of_baseline.forecast = wanted.baseline
)

select * from final
