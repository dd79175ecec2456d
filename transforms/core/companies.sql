-- One row per company, with the date that its marts stand for.
with

as_of_dates as (
    select * from build.as_of_dates
),

company_info as (
    select *
    from staging.company_info
    qualify row_number() over (partition by realm_id order by last_updated_at desc, company_info_id) = 1
),

countries as (
    select * from core.countries
),

preferences as (
    select *
    from staging.preferences
    qualify row_number() over (partition by realm_id order by last_updated_at desc, preferences_id) = 1
),

-- Books in which all that says its currency says the same one are kept in it.
named_currencies as (
    select realm_id, currency from staging.accounts
    union
    select realm_id, currency from staging.customers
    union
    select realm_id, currency from staging.invoices
),

sole_currencies as (
    select realm_id, max(currency) as currency
    from named_currencies
    group by all
    having count(currency) = 1
),

final as (
    select
        company_info.company_name,  -- Name of the company whose books these are.
        -- Country of the company, as an ISO 3166 code of two letters; as QuickBooks writes it where no country is called
        -- so.
        coalesce(countries.country, company_info.country) as country,
        company_info.time_zone,  -- Time zone of the company; null when QuickBooks does not say.
        -- Currency of the books, as an ISO 4217 code; where the preferences do not say, the only currency that is
        -- named; else null.
        coalesce(preferences.home_currency, sole_currencies.currency) as home_currency,

        as_of_dates.as_of_date,  -- Day at whose end the figures stand, which is an argument of the run.

        -- Number of days after the due date that still count as on time, wherever late invoices are counted: the width of
        -- a bank transfer.
        4 as grace_days,

        as_of_dates.realm_id,  -- QuickBooks id of the company (realm).
    from as_of_dates
    left join company_info using (realm_id)
    left join preferences using (realm_id)
    left join sole_currencies using (realm_id)
    left join countries
        on countries.realm_id = company_info.realm_id and countries.spelling = company_info.country
)

select * from final
