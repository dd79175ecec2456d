-- One row per company, level, model, metric and naive forecast: how well the purchase models, fitted to the first half of a
-- company's history, told the second half. Gamma-Gamma stands for the revenue: the orders of MBG/NBD times its spend.
-- total_error of level family is how far off the company's total was, of the families known at the split.
with

predictions as (
    select * from core.purchase_model where span = 'calibration'
),

fits as (
    select * from core.purchase_fits where span = 'calibration'
),

histories as (
    select * from core.order_histories where span = 'calibration' and repeat_orders > 0
),

outcomes as (
    select
        realm_id,
        level,
        as_of_date,
        end_date,
        unnest(['BG/NBD', 'MBG/NBD', 'Gamma-Gamma']) as model,
        unnest([predicted_orders_bg, predicted_orders, predicted_revenue::double]) as predicted,
        unnest([naive_orders, naive_orders, naive_revenue::double]) as rate_so_far,
        unnest([last_year_orders, last_year_orders, last_year_revenue::double]) as last_year,
        unnest([later_orders::double, later_orders::double, later_revenue::double]) as actual,
    from predictions
),

-- A customer whom a fitted model leaves out counts as one of whom it expects nothing.
beside_rules as (
    select
        realm_id,
        level,
        as_of_date,
        end_date,
        model,
        actual,
        predicted is null as is_missing,
        if(count(predicted) over (partition by realm_id, level, model) > 0, coalesce(predicted, 0), null) as predicted,
        unnest(['rate so far', 'last year again']) as baseline,
        unnest([rate_so_far, last_year]) as naive,
    from outcomes
),

measured as (
    select
        realm_id,
        level,
        as_of_date,
        end_date,
        model,
        baseline,
        count(*) as compared_count,
        count(*) filter (where is_missing) as missing_count,
        if(model = 'Gamma-Gamma', 'revenue', 'orders') || ' after the split, by customer or family' as judged_on,
        unnest(['bias', 'total_error', 'mae', 'correlation']) as metric,
        unnest([
            sum(predicted) / nullif(sum(actual), 0) - 1,
            abs(sum(predicted) / nullif(sum(actual), 0) - 1),
            avg(abs(predicted - actual)),
            if(stddev_pop(predicted) > 0 and stddev_pop(actual) > 0, corr(predicted, actual), null),
        ]) as value,
        unnest([
            sum(naive) / nullif(sum(actual), 0) - 1,
            abs(sum(naive) / nullif(sum(actual), 0) - 1),
            avg(abs(naive - actual)),
            if(stddev_pop(naive) > 0 and stddev_pop(actual) > 0, corr(naive, actual), null),
        ]) as baseline_value,
    from beside_rules
    group by realm_id, level, as_of_date, end_date, model, baseline

    union all by name

    select
        realm_id,
        level,
        as_of_date,
        end_date,
        'Gamma-Gamma' as model,
        count(*) as compared_count,
        0 as missing_count,
        'mean spend of customers or families with repeat orders before the split' as judged_on,
        'frequency_spend_correlation' as metric,
        if(
            stddev_pop(repeat_orders) > 0 and stddev_pop(repeat_mean_amount) > 0,
            corr(repeat_orders, repeat_mean_amount),
            null
        ) as value,
    from histories
    group by all
),

final as (
    select
        measured.level,  -- Level judged: family, or customer for single customers, jobs and sub-customers.
        measured.model,  -- Name of the model: BG/NBD, MBG/NBD or Gamma-Gamma.
        -- What is measured: bias (predicted divided by actual, less 1), total_error (its size), mae (mean absolute error per customer or family),
        -- correlation, or frequency_spend_correlation (of repeat orders and their mean, which Gamma-Gamma takes to be
        -- 0).
        measured.metric,
        measured.judged_on,  -- What was judged, in words.
        -- Name of the naive forecast: rate so far, by which each goes on with repeat orders as up to the split; last year
        -- again, by which each goes on as in the year before the split. Null for frequency_spend_correlation.
        measured.baseline,
        -- How the model was fitted to the first half: fitted, small_book, nbd, mean or insufficient_data, as in
        -- core.purchase_fits.
        fits.model_status,

        measured.end_date as split_date,  -- Day on which the training half ended.
        measured.as_of_date,  -- Day on which the half compared ended.

        -- Days from the split to the end of the half compared.
        (measured.as_of_date - measured.end_date)::integer as horizon_days,
        -- Figure of the model, in the metric's own unit; null where the model was not fitted or the metric is
        -- undefined.
        measured.value::double as value,
        -- Figure of the naive forecast, in the metric's own unit; null where the metric is undefined.
        measured.baseline_value::double as baseline_value,
        measured.compared_count::integer as compared_count,  -- Number of customers or families compared.
        -- Number of customers or families for which the model had no figure.
        measured.missing_count::integer as missing_count,

        measured.realm_id,  -- QuickBooks id of the company (realm).
    from measured
    join fits using (realm_id, level, model)
)

select * from final
