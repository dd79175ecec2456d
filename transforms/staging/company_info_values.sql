-- Named values of a company, its subscription among them. One row per company info and value.
with

company_info as (
    select * from documents.company_info
),

nameds as (
    select
        realm_id,
        id as company_info_id,
        generate_subscripts(document.NameValue, 1) as named_no,
        unnest(document.NameValue) as named,
    from company_info
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        company_info_id,  -- QuickBooks id of the company info
        named_no,  -- Position of the value in the company info, from 1
        named.Name as name,  -- Name of the value, such as SubscriptionStatus or OfferingSku
        named.Value as value,  -- The value as text
    from nameds
)

select * from final
