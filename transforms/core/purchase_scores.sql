-- How well the purchase models, fitted to the first half of a company's history, told the second half.
-- One row per company, model and metric. Gamma-Gamma stands for the revenue: MBG/NBD's orders times its spend.
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
        as_of_date,
        end_date,
        unnest(['BG/NBD', 'MBG/NBD', 'Gamma-Gamma']) as model,
        unnest([predicted_orders_bg, predicted_orders, predicted_revenue::double]) as predicted,
        unnest([naive_orders, naive_orders, naive_revenue::double]) as naive,
        unnest([later_orders::double, later_orders::double, later_revenue::double]) as actual,
    from predictions
),

measured as (
    select
        realm_id,
        as_of_date,
        end_date,
        model,
        count(*) as n,
        unnest(['bias', 'mae', 'correlation']) as metric,
        unnest([
            sum(predicted) / nullif(sum(actual), 0) - 1,
            avg(abs(predicted - actual)),
            if(stddev_pop(predicted) > 0 and stddev_pop(actual) > 0, corr(predicted, actual), null),
        ]) as value,
        unnest([
            sum(naive) / nullif(sum(actual), 0) - 1,
            avg(abs(naive - actual)),
            if(stddev_pop(naive) > 0 and stddev_pop(actual) > 0, corr(naive, actual), null),
        ]) as baseline_value,
        'rate so far' as baseline,
    from outcomes
    group by realm_id, as_of_date, end_date, model

    union all by name

    select
        realm_id,
        as_of_date,
        end_date,
        'Gamma-Gamma' as model,
        count(*) as n,
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
        measured.realm_id,  -- QuickBooks company id (realm)

        measured.model,  -- BG/NBD, MBG/NBD or Gamma-Gamma
        -- bias: predicted over actual, less 1; mae: mean absolute error per customer; correlation;
        -- frequency_spend_correlation: of repeat orders and their mean, which Gamma-Gamma takes to be 0
        measured.metric,
        measured.value::double as value,  -- Of the model; null where it was not fitted or the metric is undefined
        -- The naive forecast: each customer goes on at the rate of repeat orders so far; null without one
        measured.baseline,
        measured.baseline_value::double as baseline_value,  -- The same metric of the naive forecast
        measured.n::integer as n,  -- Customers compared
        fits.model_status,  -- fitted or insufficient_data

        measured.end_date as split_date,  -- Day on which the training half ended
        measured.as_of_date,  -- Day on which the half compared ended
    from measured
    join fits using (realm_id, model)
)

select * from final
