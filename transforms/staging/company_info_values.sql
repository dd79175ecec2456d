-- One row per company and named value that QuickBooks states, such as the subscription.
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
        named_no,  -- Position of the value in the company info, from 1.
        named.Name as name,  -- Name of the value, such as SubscriptionStatus or OfferingSku.
        named.Value as value,  -- The value as text.

        realm_id,  -- QuickBooks company id (realm).

        company_info_id,  -- QuickBooks id of the company info.
    from nameds
)

select * from final
