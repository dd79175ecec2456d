-- Custom fields of credit memos. One row per credit memo and field.
with

credit_memos as (
    select * from documents.credit_memo
),

fields as (
    select
        realm_id,
        id as credit_memo_id,
        generate_subscripts(document.CustomField, 1) as field_no,
        unnest(document.CustomField) as field,
    from credit_memos
),

final as (
    select
        realm_id,
        credit_memo_id,
        field_no,
        field.DefinitionId as definition_id,
        field.Name as name,
        field.Type as field_type,
        field.StringValue as value,
    from fields
)

select * from final
