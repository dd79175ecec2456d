-- One row per foreign currency and date with an exchange rate to the home currency.
with

exchange_rates as (
    select * from documents.exchange_rate
),

final as (
    select
        document.SourceCurrencyCode as currency,  -- Currency that the rate is for, ISO 4217.
        document.TargetCurrencyCode as home_currency,  -- Home currency that the rate leads to, ISO 4217.

        created_at,  -- When the exchange rate was entered (UTC).
        last_updated_at,  -- When QuickBooks last updated the exchange rate (UTC).

        document.AsOfDate as as_of_date,  -- Date from which the rate holds.

        document.Rate as exchange_rate,  -- Home-currency units per unit of the currency.
        sync_token,  -- Number of the version, which QuickBooks counts up when the exchange rate is edited; not every update does.

        realm_id,  -- QuickBooks company id (realm).

        id as exchange_rate_id,  -- Currency and date, joined by a bar: QuickBooks gives exchange rates no id.
    from exchange_rates
)

select * from final
