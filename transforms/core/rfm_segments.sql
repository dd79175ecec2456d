-- One row per company and combination of recency, frequency and monetary score, 125 each: the name of the combination.
-- What counts is recency and the average of frequency and monetary score, rounded up.
with

companies as (
    select * from core.companies
),

scores as (
    select unnest(range(1, 6)) as score
),

cells as (
    select
        realm_id,
        recency.score as recency_score,
        frequency.score as frequency_score,
        monetary.score as monetary_score,
        ceil((frequency_score + monetary_score) / 2) as worth,
    from companies
    cross join scores as recency
    cross join scores as frequency
    cross join scores as monetary
),

final as (
    select
        -- Name of the segment: champion, loyal, potential loyalist, new customer, promising, needs attention, about to
        -- sleep, cannot lose, at risk, hibernating or lost.
        case
            when recency_score = 5 and worth >= 4 then 'champion'
            when recency_score >= 3 and worth >= 4 then 'loyal'
            when recency_score >= 4 and worth >= 2 then 'potential loyalist'
            when recency_score = 5 and worth = 1 then 'new customer'
            when recency_score = 4 and worth = 1 then 'promising'
            when recency_score = 3 and worth >= 2 then 'needs attention'
            when recency_score = 3 and worth = 1 then 'about to sleep'
            when recency_score <= 2 and worth = 5 then 'cannot lose'
            when recency_score <= 2 and worth >= 3 then 'at risk'
            when recency_score = 2 and worth <= 2 then 'hibernating'
            when recency_score = 1 and worth <= 2 then 'lost'
        end as segment,

        recency_score::integer as recency_score,  -- Score of recency, 1 to 5; 5 ordered last.
        frequency_score::integer as frequency_score,  -- Score of frequency, 1 to 5; 5 orders most often.
        monetary_score::integer as monetary_score,  -- Score of revenue, 1 to 5; 5 brings the most.

        realm_id,  -- QuickBooks id of the company (realm).
    from cells
)

select * from final
