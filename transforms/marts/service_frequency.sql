-- How regularly each customer is served, as a whole and with each item, and when the next visit is due.
-- One row per customer and item it had on at least two days, and one with item_id null for all items together.
-- A visit is a day of service (else of the document) with a line of positive net amount, up to the run's date.
with

companies as (
    select * from core.companies
),

customers as (
    select * from core.customers
),

items as (
    select * from core.items
),

services as not materialized (
    select realm_id, customer_id, item_id, service_date
    from core.sales_lines
    join companies using (realm_id)
    where txn_date <= as_of_date and service_date <= as_of_date
        and net_home > 0 and doc_type in ('Invoice', 'SalesReceipt') and customer_id is not null
),

visits as (
    select distinct realm_id, customer_id, null::varchar as item_id, service_date
    from services

    union all by name

    select distinct *
    from services
    where item_id is not null
),

days as (
    select
        realm_id,
        customer_id,
        item_id,
        list_sort(list(service_date)) as dates,
    from visits
    group by all
    having item_id is null or count(*) > 1
),

rhythms as (
    select
        *,
        list_transform(dates[2:], lambda date, place: date - dates[place]) as gaps,
        len(gaps) as n_gaps,
        list_median(gaps) as median_gap,
        list_avg(gaps) as mean_gap,
        if(n_gaps >= 2, list_stddev_samp(gaps) / mean_gap, null) as cv,
        dates[1] as first_service_date,
        dates[-1] as last_service_date,
        as_of_date - last_service_date as days_since_last,
        if(n_gaps >= 2, days_since_last / median_gap, null) as overdue_ratio,
    from days
    join companies using (realm_id)
),

final as (
    select
        rhythms.realm_id,  -- QuickBooks company id (realm)
        rhythms.customer_id,  -- Customer on the documents
        rhythms.item_id,  -- Item; null for all items together

        customers.display_name as customer_name,  -- Name of the customer
        items.name as item_name,  -- Name of the item now

        (n_gaps + 1)::integer as visit_count,  -- Distinct days of service
        n_gaps::integer as n_gaps,  -- Gaps between them: n of the figures below
        median_gap::double as median_gap,  -- Median days between visits; null with one visit
        mean_gap::double as mean_gap,  -- Mean days between visits; null with one visit
        cv::double as cv,  -- Standard deviation of the gaps over their mean, 0 when regular; null below 2 gaps
        days_since_last::integer as days_since_last,  -- Days from the last visit to the run's date
        overdue_ratio::double as overdue_ratio,  -- Days since the last visit over the median gap; null below 2 gaps
        case
            when overdue_ratio is null then null
            when overdue_ratio <= 1 then 'on schedule'
            when overdue_ratio <= 1.5 then 'due'
            when overdue_ratio <= 3 then 'overdue'
            else 'lapsed'
        end as status,  -- on schedule, due (ratio above 1), overdue (above 1.5) or lapsed (above 3); null below 2 gaps

        as_of_date,  -- Day whose end this describes
        first_service_date,  -- Day of the first visit
        last_service_date,  -- Day of the last visit
        -- Last visit plus the median gap; null below 2 gaps
        if(n_gaps >= 2, last_service_date + round(median_gap)::integer, null) as next_expected,
    from rhythms
    left join customers using (realm_id, customer_id)
    left join items using (realm_id, item_id)
)

select * from final
