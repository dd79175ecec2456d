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
        realm_id,
        company_info_id,
        named_no,
        named.Name as name,
        named.Value as value,
    from nameds
)

select * from final
