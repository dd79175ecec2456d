-- One row per company, metric and naive forecast: how well the payment forecast did, made 90 days before the run's date
-- and held against what happened since. The naive forecasts are the due date, and the company's median days to pay from
-- the invoice's date; what either puts into the past counts as the next day. Accuracy, AUC and Brier: whether an
-- invoice open then was paid in full within 30 days, those a credit closed in these days left out. Mae: days between
-- expected and actual payment of those paid by the run's date.
with

payment_fits as (
    select * from core.payment_fits where is_backtest
),

payment_times as (
    select * from core.payment_times
),

expectations as (
    select * from core.payment_expectations
),

chances as (
    select * from core.payment_chances where within_days = 30
),

medians as (
    select
        realm_id,
        known_until,
        min(age_days) as median_days,
    from core.payment_survival
    where scope = 'company' and survival <= 0.5
    group by all
),

forecasts as (
    select
        expectations.realm_id,
        expectations.known_until,
        expectations.invoice_id,
        expectations.expected_days,
        chances.p_paid,
        greatest(1, due_date - known_until) as due_date_days,
        greatest(1, txn_date + median_days - known_until) as global_median_days,
        closed_date - known_until as actual_days,
        is_paid,
        coalesce(is_paid and actual_days <= 30, false) as is_paid_soon,
        coalesce(is_paid or actual_days > 30, true) as is_known_soon,
    from expectations
    semi join payment_fits using (realm_id, known_until)
    join chances using (realm_id, known_until, invoice_id)
    join payment_times using (realm_id, invoice_id)
    left join medians using (realm_id, known_until)
),

by_forecast as (
    select *, 'model' as forecast, p_paid::double as chance, expected_days as days
    from forecasts

    union all by name

    select *, 'due_date' as forecast, (due_date_days <= 30)::integer::double as chance, due_date_days as days
    from forecasts

    union all by name

    select
        *,
        'global_median' as forecast,
        (global_median_days <= 30)::integer::double as chance,
        global_median_days as days,
    from forecasts
    where global_median_days is not null
),

ranked as (
    select
        *,
        if(forecast = 'model', chance, -days) as score,
        rank() over (partition by realm_id, forecast, is_known_soon order by score) as lowest_rank,
        count(*) over (partition by realm_id, forecast, is_known_soon, score) as tie_count,
    from by_forecast
),

soon as (
    select
        realm_id,
        forecast,
        count(*) as compared_count,
        count(*) filter (where is_paid_soon) as paid_count,
        avg(((chance >= 0.5) = is_paid_soon)::integer) as accuracy,
        avg((chance - is_paid_soon::integer) ** 2) as brier,
        (sum(lowest_rank + (tie_count - 1) / 2) filter (where is_paid_soon) - paid_count * (paid_count + 1) / 2)
            / nullif(paid_count * (compared_count - paid_count), 0) as auc,
    from ranked
    where is_known_soon
    group by all
),

later as (
    select
        realm_id,
        forecast,
        count(*) as compared_count,
        avg(abs(days - actual_days)) as mae,
    from by_forecast
    where is_paid and expected_days is not null
    group by all
),

metrics as (
    select
        realm_id,
        forecast,
        unnest(['accuracy', 'brier', 'auc']) as metric,
        unnest([accuracy, brier, auc]) as value,
        compared_count,
    from soon

    union all

    select realm_id, forecast, 'mae', mae, compared_count
    from later
),

wanted as (
    select
        *,
        unnest(['accuracy', 'accuracy', 'brier', 'brier', 'auc', 'auc', 'mae', 'mae']) as metric,
        unnest(range(8)) % 2 as is_second,
        ['due_date', 'global_median'][is_second + 1] as baseline,
    from payment_fits
),

final as (
    select
        -- Name of the model, always payment_survival: the Kaplan-Meier curves of core.payment_survival.
        'payment_survival' as model,
        -- What is measured: accuracy, brier or auc of payment within 30 days, or mae, the mean absolute error in days.
        wanted.metric,
        wanted.baseline,  -- Name of the naive forecast: due_date or global_median.
        -- Whether the model was judged: fitted, or insufficient_data below 30 paid invoices by the split.
        wanted.model_status,

        wanted.known_until as split_date,  -- Day up to which the model knew the books.
        wanted.as_of_date,  -- Day up to which the forecast was judged.

        -- Figure of the model, in the metric's own unit; null when the model is not fitted or no invoice was open then.
        case when wanted.model_status = 'fitted' then of_model.value end::double as value,
        -- Figure of the naive forecast, in the metric's own unit; null when the model is not fitted or no invoice was
        -- open then.
        case when wanted.model_status = 'fitted' then of_baseline.value end::double as baseline_value,
        coalesce(of_model.compared_count, 0)::integer as compared_count,  -- Number of invoices judged.

        wanted.realm_id,  -- QuickBooks id of the company (realm).
    from wanted
    left join (from metrics where forecast = 'model') as of_model using (realm_id, metric)
    left join metrics as of_baseline
        on of_baseline.realm_id = wanted.realm_id
        and of_baseline.metric = wanted.metric
        and of_baseline.forecast = wanted.baseline
)

select * from final
