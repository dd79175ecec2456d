-- One row per company, dimension, member and month, from the member's first month to that of the run's date: sales by
-- class, department, sales rep, category and item, and money received by payment method, beside the twelve months
-- before and the last year. In home currency; add up one dimension.
with

companies as (
    select * from core.companies
),

calendar as (
    select realm_id, month, is_complete, min(month) over (partition by realm_id) as first_month
    from core.revenue_months
),

dimensions as (
    select * from core.sales_dimensions
),

members as (
    select realm_id, dimension, member_id, min(month) as member_month
    from dimensions
    group by all
),

months as (
    select
        members.*,
        calendar.month,
        calendar.first_month,
        calendar.is_complete,
        coalesce(amount, 0) as amount,
        coalesce(amount_to_day, 0) as amount_to_day,
        if(members.dimension = 'payment method', null, coalesce(earned_amount, 0)) as earned_amount,
    from members
    join calendar on calendar.realm_id = members.realm_id and calendar.month >= members.member_month
    left join dimensions
        on dimensions.realm_id = members.realm_id
        and dimensions.dimension = members.dimension
        and dimensions.member_id is not distinct from (members.member_id)
        and dimensions.month = calendar.month
),

running as (
    select
        *,
        last_day(month) > as_of_date as is_running,
        coalesce(lag(amount_to_day, 12) over by_month, 0) as year_before_to_day,
        coalesce(lag(amount, 12) over by_month, 0) as whole_year_before,
        sum(amount) over (by_month rows between 11 preceding and current row) as year_amount,
        coalesce(sum(amount) over (by_month rows between 23 preceding and 12 preceding), 0) as year_amount_before,
        sum(amount) over (
            partition by realm_id, dimension, member_id, year(month)
            order by month
        ) as year_to_date,
    from months
    join companies using (realm_id)
    window by_month as (partition by realm_id, dimension, member_id order by month)
),

compared as (
    select
        *,
        coalesce(lag(year_to_date, 12) over (
            partition by realm_id, dimension, member_id
            order by month
        ), 0) as year_to_date_before,
    from running
),

names as (
    select realm_id, unnest(['item', 'category']) as dimension, item_id as member_id, full_name as member from core.items
    union all
    select realm_id, 'class', class_id, coalesce(full_name, name) from staging.classes
    union all
    select realm_id, 'department', department_id, coalesce(full_name, name) from staging.departments
    union all
    select realm_id, 'payment method', payment_method_id, name from staging.payment_methods
),

final as (
    select
        compared.company_name,  -- Name of the company whose books these are.
        -- What is told apart: company, item, category, class, department, sales rep (of the custom field that the
        -- setting sales_rep_field names) or payment method.
        dimension,
        -- Name of the item, category, class, department, sales rep or payment method; Not specified where the documents
        -- name none, and the company's name or else its id in the dimension company.
        case
            when dimension = 'company' then coalesce(compared.company_name, compared.realm_id)
            when member_id is null then 'Not specified'
            else coalesce(names.member, member_id)
        end as member,
        -- What is added up: net revenue, or money received (payments and sales receipts less refund receipts, tax
        -- included) for payment methods.
        if(dimension = 'payment method', 'money received', 'net revenue') as measure,

        month,  -- First day of the month.
        compared.as_of_date,  -- Day at whose end the figures stand.

        amount::decimal(18, 2) as amount,  -- Amount billed in the month, by the documents' dates, in home currency.
        -- Amount earned in the month, by the lines' service dates, in home currency, whenever it was billed; null for
        -- payment methods.
        earned_amount::decimal(18, 2) as earned_amount,
        -- Amount of the month one year before, for a running month up to its same day, in home currency; null before
        -- the books are that old.
        if(month >= first_month + interval 12 month, if(is_running, year_before_to_day, whole_year_before), null)::decimal(18, 2)
            as prior_year_amount,
        -- Amount of the twelve months up to this one, in home currency; null before the books are that old.
        if(month >= first_month + interval 11 month, year_amount, null)::decimal(18, 2) as trailing_year_amount,
        -- Amount of the twelve months before the last twelve, in home currency; null before the books are that old.
        if(month >= first_month + interval 23 month, year_amount_before, null)::decimal(18, 2) as prior_trailing_year_amount,
        -- Amount of the calendar year up to this month's end, or the run's date, in home currency.
        year_to_date::decimal(18, 2) as year_to_date_amount,
        -- Amount of the calendar year before up to the month's end a year ago, for a running month up to the day
        -- reached, in home currency; null unless the books hold that whole year.
        if(
            date_trunc('year', month) - interval 1 year >= first_month,
            year_to_date_before - if(is_running, whole_year_before - year_before_to_day, 0),
            null
        )::decimal(18, 2) as prior_year_to_date_amount,
        is_complete,  -- True when the month had ended on the run's date, and the books begin before it.

        realm_id,  -- QuickBooks id of the company (realm).
        -- QuickBooks id of the item, category, class, department or payment method, or the sales rep's name; null for
        -- the whole company, and where the documents name none.
        member_id,
    from compared
    left join names using (realm_id, dimension, member_id)
)

select * from final
