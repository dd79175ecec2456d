-- Exchange rates to the home currency. One row per exchange rate.
with

exchange_rates as (
    select * from documents.exchange_rate
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        id as exchange_rate_id,  -- Currency and date, joined by a bar: QuickBooks gives exchange rates no id
        document.SourceCurrencyCode as currency,  -- Currency that the rate is for, ISO 4217
        document.TargetCurrencyCode as home_currency,  -- Home currency that the rate leads to, ISO 4217

        document.Rate as rate,  -- Home-currency units per unit of the currency

        document.AsOfDate as as_of_date,  -- Date from which the rate holds

        sync_token,  -- Version that QuickBooks counts up as the exchange rate is edited; not every update does
        created_at,  -- When the exchange rate was entered (UTC)
        last_updated_at,  -- When QuickBooks last updated the exchange rate (UTC)
    from exchange_rates
)

select * from final
