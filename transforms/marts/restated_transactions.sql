-- One row per document and field that differs from the books last checked, or per application that does: what was
-- changed in past months after a run had shown them. Changes are entered late, deleted, voided, changed, moved,
-- reapplied; past are the months before that of the run compared with. Only receivables. Empty until a second run finds
-- such a change.
with

companies as (
    select *
    from core.companies
    join build.as_of_dates using (realm_id, as_of_date)
),

customers as (
    select * from core.customers
),

compared as (
    select
        realm_id,
        checked_date as compared_date,
        date_trunc('month', checked_date)::date as past_end,
        as_of_date as found_date,
    from build.checked_companies
    join companies using (realm_id)
    where is_today
),

earlier as (
    select * from history.restated_transactions
),

receivables_before as (
    select * from build.checked_receivables semi join compared using (realm_id)
),

receivables_after as (
    select
        realm_id,
        doc_type,
        doc_id,
        customer_id,
        doc_number,
        sum(ar_amount)::decimal(18, 2) as ar_amount,
        exchange_rate,
        is_voided,
        txn_date,
        due_date,
    from core.receivables
    semi join compared using (realm_id)
    group by all
),

applications_before as (
    select * from build.checked_applications semi join compared using (realm_id)
),

applications_after as (
    select
        realm_id,
        source_type,
        source_id,
        target_type,
        target_id,
        applied_amount,
        effective_date,
    from core.receivable_applications
    semi join compared using (realm_id)
),

-- Whole rows first, so that what did not change, nearly everything, takes no further part.
gone as (
    select * exclude (doc_number) from receivables_before
    except
    select * exclude (doc_number) from receivables_after
),

come as (
    select * exclude (doc_number) from receivables_after
    except
    select * exclude (doc_number) from receivables_before
),

touched as (
    select realm_id, doc_type, doc_id from gone
    union
    select realm_id, doc_type, doc_id from come
),

-- A document of one customer is followed from one to another; of a split one, each customer's part for itself.
parts_before as (
    select *, if(doc_type in ('Invoice', 'CreditMemo', 'Payment'), '', customer_id) as part
    from receivables_before
    semi join touched using (realm_id, doc_type, doc_id)
),

parts_after as (
    select *, if(doc_type in ('Invoice', 'CreditMemo', 'Payment'), '', customer_id) as part
    from receivables_after
    semi join touched using (realm_id, doc_type, doc_id)
),

parts as (
    select
        realm_id,
        doc_type,
        doc_id,
        coalesce(parts_after.customer_id, parts_before.customer_id) as customer_id,
        coalesce(parts_after.doc_number, parts_before.doc_number) as doc_number,
        bool_or(parts_before.part is not null) over document as was_there,
        bool_or(parts_after.part is not null) over document as is_there,
        parts_before.part is not null and parts_after.part is not null as is_on_both,
        coalesce(parts_after.is_voided and not parts_before.is_voided, false) as is_new_void,
        least(parts_before.txn_date, parts_after.txn_date) as first_date,
        if(was_there, coalesce(parts_before.ar_amount, 0), null) as amount_before,
        if(is_there, coalesce(parts_after.ar_amount, 0), null) as amount_after,
        coalesce(amount_after, 0) - coalesce(amount_before, 0) as amount_difference,
        unnest(['ar_amount', 'customer_id', 'txn_date', 'due_date', 'exchange_rate']) as field,
        unnest([
            amount_before::varchar,
            parts_before.customer_id,
            parts_before.txn_date::varchar,
            parts_before.due_date::varchar,
            parts_before.exchange_rate::double::varchar,
        ]) as before,
        unnest([
            amount_after::varchar,
            parts_after.customer_id,
            parts_after.txn_date::varchar,
            parts_after.due_date::varchar,
            parts_after.exchange_rate::double::varchar,
        ]) as after,
    from parts_before
    full join parts_after using (realm_id, doc_type, doc_id, part)
    window document as (partition by realm_id, doc_type, doc_id)
),

documents as (
    select
        *,
        case
            when not was_there then 'entered'
            when not is_there then 'deleted'
            when field = 'ar_amount' and is_new_void then 'voided'
            when field = 'customer_id' then 'moved'
            else 'changed'
        end as change,
    from parts
    where before is distinct from after
        and (field = 'ar_amount' or is_on_both)
        and (field <> 'due_date' or doc_type = 'Invoice')
),

-- What came, went or was voided says for itself that nothing is applied to it any more, or only now.
told as (
    select distinct realm_id, doc_type, doc_id
    from parts
    where not was_there or not is_there or is_new_void
),

pairs as (
    (
        select * from applications_before
        except all
        select * from applications_after
    )

    union all

    (
        select * from applications_after
        except all
        select * from applications_before
    )
),

applied as (
    select realm_id, source_type, source_id, target_type, target_id, applied_amount, 0 as now_amount, effective_date
    from applications_before
    semi join pairs using (realm_id, source_type, source_id, target_type, target_id)

    union all

    select realm_id, source_type, source_id, target_type, target_id, 0, applied_amount, effective_date
    from applications_after
    semi join pairs using (realm_id, source_type, source_id, target_type, target_id)
),

reapplied as (
    select
        realm_id,
        source_type as doc_type,
        source_id as doc_id,
        'applied to ' || target_type || ' ' || target_id as field,
        sum(applied_amount) as amount_before,
        sum(now_amount) as amount_after,
        min(effective_date) as first_date,
    from applied
    anti join told
        on told.realm_id = applied.realm_id
        and told.doc_type = applied.source_type
        and told.doc_id = applied.source_id
    anti join told as told_targets
        on told_targets.realm_id = applied.realm_id
        and told_targets.doc_type = applied.target_type
        and told_targets.doc_id = applied.target_id
    group by all
    having amount_before <> amount_after
),

changes as (
    select
        realm_id,
        doc_type,
        doc_id,
        customer_id,
        doc_number,
        change,
        field,
        before,
        after,
        if(field = 'ar_amount', amount_difference, null) as amount_difference,
        first_date,
    from documents

    union all

    select
        realm_id,
        doc_type,
        doc_id,
        receivables_after.customer_id,
        receivables_after.doc_number,
        'reapplied',
        field,
        amount_before::decimal(18, 2)::varchar,
        amount_after::decimal(18, 2)::varchar,
        null,
        first_date,
    from reapplied
    join receivables_after using (realm_id, doc_type, doc_id)
),

all_changes as (
    select
        changes.* replace (if(regexp_matches(doc_number, '(\d\D?){13}'), null, doc_number) as doc_number),
        date_trunc('month', first_date)::date as month_start,
        compared_date,
        found_date,
    from changes
    join compared using (realm_id)
    where first_date < past_end

    union all by name

    select * from earlier
),

final as (
    select
        companies.company_name,  -- Name of the company whose books these are.
        -- Full name of the customer the document stands with, as Parent:Job; null when QuickBooks has it no more.
        customers.full_name as customer_name,
        -- Name of the customer at the top of the family; null when QuickBooks has the customer no more.
        customers.root_customer_name,
        all_changes.doc_type,  -- Type of the document: Invoice, CreditMemo, Payment, JournalEntry, Deposit or Purchase.
        all_changes.doc_number,  -- Number printed on the document; null where it could be a card number.
        -- Kind of change: entered (dated back), deleted, voided, changed, moved (to another customer) or reapplied.
        all_changes.change,
        -- Field that differs: ar_amount, customer_id, txn_date, due_date, exchange_rate, or applied to a document.
        all_changes.field,
        all_changes.before,  -- Value in the books last checked; null when the document was not there.
        all_changes.after,  -- Value since the change; null when the document is gone.

        all_changes.month_start,  -- First day of the earliest month whose figures change.
        -- Day of the run whose books were compared with, the last earlier one that passed its checks.
        all_changes.compared_date,
        all_changes.found_date,  -- Day of the run that found the change; for those of the last run, the as-of date.
        companies.as_of_date,  -- Day of the run; nothing found later is in the table.

        -- Change of the amount posted to accounts receivable, in the document's currency, credits negative; null when
        -- it did not change.
        all_changes.amount_difference::decimal(18, 2) as amount_difference,

        all_changes.realm_id,  -- QuickBooks id of the company (realm).
        all_changes.doc_id,  -- QuickBooks id of the document.
        -- QuickBooks id of the customer the document stands with after the change; of a deleted document, stood with.
        all_changes.customer_id,
    from all_changes
    join companies using (realm_id)
    left join customers using (realm_id, customer_id)
    where found_date <= as_of_date
)

select * from final
