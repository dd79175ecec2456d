-- What a tax rate was and when. One row per tax rate and period.
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
        realm_id,
        tax_rate_id,
        effective_no,
        effective.RateValue as rate_percent,

        try_cast(left(effective.EffectiveDate, 10) as date) as effective_date,
        try_cast(left(effective.EndDate, 10) as date) as end_date,
    from effectives
)

select * from final
