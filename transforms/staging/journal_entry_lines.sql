-- One row per line of a journal entry.
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
        line_no,  -- Position of the line in the journal entry, from 1.
        line.JournalEntryLineDetail.Entity.Type as entity_type,  -- Type of the name on the line: Customer, Vendor or Employee.
        line.LinkedTxn[1].TxnType as linked_txn_type,  -- Type of the first transaction the line is linked to, such as Invoice or Estimate.
        line.DetailType as detail_type,  -- Kind of line: JournalEntryLineDetail, or DescriptionOnly without an amount.
        line.JournalEntryLineDetail.PostingType as posting_type,  -- Side the amount is posted to: Debit or Credit.
        line.Description as description,  -- Description on the line of the journal entry.
        line.JournalEntryLineDetail.BillableStatus
            as billable_status,  -- Whether the customer is billed for the line: Billable, NotBillable or HasBeenBilled.

        line.LineNum as line_number,  -- Number QuickBooks gives the line, by which forms order them.
        line.Amount::decimal(18, 2) as line_amount,  -- Amount posted, in the entry's currency; positive on both sides.
        line.JournalEntryLineDetail.TaxAmount::decimal(18, 2) as tax_amount,  -- Tax on the line, in the entry's currency.

        realm_id,  -- QuickBooks company id (realm).

        journal_entry_id,  -- QuickBooks id of the journal entry.
        line.Id as line_id,  -- QuickBooks id of the line; an edit of the journal entry may give it another.
        line.JournalEntryLineDetail.AccountRef.value as account_id,  -- Account the line posts to.
        line.JournalEntryLineDetail.Entity.EntityRef.value as entity_id,  -- Customer, vendor or employee on the line; null without one.
        line.JournalEntryLineDetail.ClassRef.value as class_id,  -- Class of the line; null where classes are not used.
        line.JournalEntryLineDetail.DepartmentRef.value as department_id,  -- Department of the line, called location on screen.
        line.ProjectRef.value as project_id,  -- QuickBooks id of the project the line belongs to; null without one.
        line.JournalEntryLineDetail.TaxCodeRef.value as tax_code_id,  -- Tax code of the line.
        line.LinkedTxn[1].TxnId as linked_txn_id,  -- QuickBooks id of the first transaction the line is linked to; null without one.
        line.LinkedTxn[1].TxnLineId as linked_txn_line_id,  -- Line of the first linked transaction; null or 0 when it is linked as a whole.
    from lines
)

select * from final
