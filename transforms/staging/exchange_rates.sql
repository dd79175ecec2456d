-- Exchange rates to the home currency. One row per exchange rate.
with

exchange_rates as (
    select * from documents.exchange_rate
),

final as (
    select
        realm_id,
        id as exchange_rate_id,
        document.SourceCurrencyCode as currency,
        document.TargetCurrencyCode as home_currency,

        document.Rate as rate,

        document.AsOfDate as as_of_date,

        sync_token,
        created_at,
        last_updated_at,
    from exchange_rates
)

select * from final
