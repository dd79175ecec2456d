-- Lines of journal entries. One row per journal entry and line.
with

journal_entries as (
    select * from documents.journal_entry
),

lines as (
    select
        realm_id,
        id as journal_entry_id,
        generate_subscripts(document.Line, 1) as line_no,
        unnest(document.Line) as line,
    from journal_entries
),

final as (
    select
        realm_id,
        journal_entry_id,
        line_no,
        line.Id as line_id,
        line.JournalEntryLineDetail.AccountRef.value as account_id,
        line.JournalEntryLineDetail.Entity.Type as entity_type,
        line.JournalEntryLineDetail.Entity.EntityRef.value as entity_id,
        line.JournalEntryLineDetail.ClassRef.value as class_id,
        line.JournalEntryLineDetail.DepartmentRef.value as department_id,
        line.ProjectRef.value as project_id,
        line.JournalEntryLineDetail.TaxCodeRef.value as tax_code_id,
        line.LinkedTxn[1].TxnId as linked_txn_id,
        line.LinkedTxn[1].TxnType as linked_txn_type,
        line.LinkedTxn[1].TxnLineId as linked_txn_line_id,

        line.LineNum as line_number,
        line.DetailType as detail_type,
        line.JournalEntryLineDetail.PostingType as posting_type,
        line.Description as description,
        line.JournalEntryLineDetail.BillableStatus as billable_status,

        line.Amount::decimal(18, 2) as line_amount,
        line.JournalEntryLineDetail.TaxAmount::decimal(18, 2) as tax_amount,
    from lines
)

select * from final
