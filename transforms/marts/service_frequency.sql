-- One row per level, customer or family, and item it had on at least two days, and one with item_id null for all items
-- together: how regularly each is served, and when the next visit is due. A family is the customer at the top with
-- everyone below it: read one level. A visit is a day of service (else of the document)
-- with a line of positive net amount, up to the run's date.
with

companies as (
    select * from core.companies
),

customer_levels as (
    select * from core.customer_levels
),

items as (
    select * from core.items
),

services as not materialized (
    select
        realm_id,
        unnest(['family', 'customer']) as level,
        unnest([root_customer_id, customer_id]) as level_customer_id,
        item_id,
        service_date,
    from core.sales_lines
    join companies using (realm_id)
    where txn_date between history_start_date and as_of_date
        and service_date between history_start_date - 730 and as_of_date
        and net_home > 0 and is_revenue and doc_type in ('Invoice', 'SalesReceipt') and customer_id is not null
),

visits as (
    select distinct realm_id, level, level_customer_id, null::varchar as item_id, service_date
    from services

    union all by name

    select distinct *
    from services
    where item_id is not null
),

days as (
    select
        realm_id,
        level,
        level_customer_id,
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
        len(gaps) as gap_count,
        list_median(gaps) as median_gap,
        list_avg(gaps) as mean_gap,
        if(gap_count >= 2, list_stddev_samp(gaps) / mean_gap, null) as gap_variation_ratio,
        dates[1] as first_service_date,
        dates[-1] as last_service_date,
        as_of_date - last_service_date as days_since_last,
        if(gap_count >= 2, days_since_last / median_gap, null) as overdue_ratio,
    from days
    join companies using (realm_id)
),

final as (
    select
        rhythms.company_name,  -- Name of the company whose books these are.
        customer_levels.level,  -- Level of the row: family, or customer for a single customer, job or sub-customer.
        -- Full name of the customer: the names of all levels joined by colons, as Parent:Job; at level family, of the
        -- customer at the top.
        customer_levels.customer_name,
        -- Name of the customer at the top of the family: the customer itself where it has no parent.
        customer_levels.root_customer_name,
        items.name as item_name,  -- Name of the item as it is now; null for all items together.
        -- Status of the next visit: on schedule, due (overdue ratio above 1), overdue (above 1.5) or lapsed (above 3);
        -- inactive for a customer made inactive, which is how QuickBooks deletes customers, at level family when all
        -- are; null below 2 gaps.
        case
            when overdue_ratio is null then null
            when not customer_levels.is_active then 'inactive'
            when overdue_ratio <= 1 then 'on schedule'
            when overdue_ratio <= 1.5 then 'due'
            when overdue_ratio <= 3 then 'overdue'
            else 'lapsed'
        end as status,

        first_service_date,  -- Day of the first visit.
        last_service_date,  -- Day of the last visit.
        -- Day of the last visit plus the median gap; null below 2 gaps and where the status is inactive.
        if(
            gap_count >= 2 and customer_levels.is_active,
            last_service_date + round(median_gap)::integer,
            null
        ) as next_expected,
        rhythms.as_of_date,  -- Day at whose end the figures stand.

        (gap_count + 1)::integer as visit_count,  -- Number of days of service.
        gap_count::integer as gap_count,  -- Number of gaps between days of service.
        median_gap::double as median_gap,  -- Median days between visits; null with one visit.
        mean_gap::double as mean_gap,  -- Mean days between visits; null with one visit.
        -- Coefficient of variation of the gaps: their standard deviation divided by their mean, both in days, 0 when
        -- regular; null below 2 gaps.
        gap_variation_ratio::double as gap_variation_ratio,
        days_since_last::integer as days_since_last,  -- Days from the last visit to the run's date.
        -- Days since the last visit divided by the median days between visits; null below 2 gaps.
        overdue_ratio::double as overdue_ratio,

        rhythms.realm_id,  -- QuickBooks id of the company (realm).
        -- QuickBooks id of the customer on the documents; null at level family.
        customer_levels.customer_id,
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        customer_levels.root_customer_id,
        rhythms.item_id,  -- QuickBooks id of the item; null for all items together.
    from rhythms
    join customer_levels using (realm_id, level, level_customer_id)
    left join items using (realm_id, item_id)
)

select * from final
