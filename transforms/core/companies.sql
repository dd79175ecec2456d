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

document_days as (
    select realm_id, txn_date, count(*) as document_count
    from core.transactions
    join as_of_dates using (realm_id)
    where txn_date <= as_of_date and not is_voided
    group by all
),

gaps as (
    select
        realm_id,
        lead(txn_date, 1, as_of_date) over by_day as next_date,
        next_date - txn_date as gap_days,
        sum(document_count) over by_day
            / sum(document_count) over (partition by realm_id) as share_before,
    from document_days
    join as_of_dates using (realm_id)
    window by_day as (partition by realm_id order by txn_date rows between unbounded preceding and current row)
),

-- A mistyped year stands alone: what few documents lie before a gap of years, or any before a gap of fifty, is no
-- history. Whole days, so that leap years count.
beginnings as (
    select realm_id, max(next_date) as history_start_date
    from gaps
    where (gap_days > 730 and share_before <= 0.05)
        or (gap_days > 3652 and share_before < 0.5)
        or gap_days > 18262
    group by all
),

first_days as (
    select realm_id, min(txn_date) as first_date
    from document_days
    group by all
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

        -- First day of the books' history, from which months are counted and models learn; the run's date where nothing
        -- is dated up to it. Documents before a gap of two years are no history where they are 5 percent of all at
        -- most; nor is less than half of all before a gap of ten years, or anything before one of fifty: their years
        -- are mistyped.
        coalesce(
            beginnings.history_start_date,
            first_days.first_date,
            as_of_dates.as_of_date
        ) as history_start_date,
        as_of_dates.as_of_date,  -- Day at whose end the figures stand, which is an argument of the run.

        -- Number of days after the due date that still count as on time, wherever late invoices are counted: the width of
        -- a bank transfer.
        4 as grace_days,

        as_of_dates.realm_id,  -- QuickBooks id of the company (realm).
    from as_of_dates
    left join company_info using (realm_id)
    left join preferences using (realm_id)
    left join sole_currencies using (realm_id)
    left join beginnings using (realm_id)
    left join first_days using (realm_id)
    left join countries
        on countries.realm_id = company_info.realm_id and countries.spelling = company_info.country
)

select * from final
