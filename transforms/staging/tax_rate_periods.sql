-- One row per tax rate and period for which the rate held.
with

tax_rates as (
    select * from documents.tax_rate
),

effectives as (
    select
        realm_id,
        id as tax_rate_id,
        generate_subscripts(document.EffectiveTaxRate, 1) as effective_no,
        unnest(document.EffectiveTaxRate) as effective,
    from tax_rates
),

final as (
    select
        effective_no,  -- Position of the period in the tax rate, from 1.
        try_cast(left(effective.EffectiveDate, 10) as date) as effective_date,  -- First day on which the rate held.
        try_cast(left(effective.EndDate, 10) as date) as end_date,  -- Last day on which the rate held; null while it holds.

        effective.RateValue as rate_pct,  -- Rate in the period, in percent: 8.5 is 8.5 %.

        realm_id,  -- QuickBooks company id (realm).

        tax_rate_id,  -- QuickBooks id of the tax rate.
    from effectives
)

select * from final
