-- Companies and the date their marts stand for. One row per company.
with

as_of_dates as (
    select * from build.as_of_dates
),

company_info as (
    select *
    from staging.company_info
    qualify row_number() over (partition by realm_id order by last_updated_at desc, company_info_id) = 1
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
        as_of_dates.realm_id,  -- QuickBooks company id (realm)

        company_info.company_name,  -- Name of the company
        company_info.country,  -- Country code as QuickBooks gives it
        company_info.time_zone,  -- Time zone of the company; null when QuickBooks does not say
        -- Currency of the books; where preferences do not say, the only one that is named; else null
        coalesce(preferences.home_currency, sole_currencies.currency) as home_currency,

        as_of_dates.as_of_date,  -- Day whose end the marts describe, an argument of the run
    from as_of_dates
    left join company_info using (realm_id)
    left join preferences using (realm_id)
    left join sole_currencies using (realm_id)
)

select * from final
