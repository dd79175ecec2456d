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

final as (
    select
        as_of_dates.realm_id,  -- QuickBooks company id (realm)

        company_info.company_name,  -- Name of the company
        company_info.country,  -- Country code as QuickBooks gives it
        company_info.time_zone,  -- Time zone of the company; null when QuickBooks does not say
        preferences.home_currency,  -- Currency of the books; null when preferences were not loaded

        as_of_dates.as_of_date,  -- Day whose end the marts describe, an argument of the run
    from as_of_dates
    left join company_info using (realm_id)
    left join preferences using (realm_id)
)

select * from final
