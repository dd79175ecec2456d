-- One row per payment line and part of a document that it settles: whose part of a journal entry, deposit or purchase,
-- which may stand with several customers, a payment settled. A line goes to one part, and on to others of its family
-- where that one is used up.
with

receivables as (
    select * from core.receivables
),

payments as (
    select * from receivables where doc_type = 'Payment'
),

payment_lines as (
    select
        realm_id,
        payment_id,
        line_no,
        abs(line_amount) as applied_amount,
        case
            when linked_txn_type in ('Expense', 'Check', 'CreditCardCredit', 'CreditCardCharge') then 'Purchase'
            else linked_txn_type
        end as target_type,
        linked_txn_id as target_id,
        linked_txn_type in ('Invoice', 'CreditMemo') as has_one_customer,
    from staging.payment_lines
    where line_amount <> 0
),

candidates as (
    select
        payment_lines.* exclude (has_one_customer),
        payments.customer_id as source_customer_id,
        payments.txn_date as source_date,
        parts.customer_id as target_customer_id,
        parts.root_customer_id as target_root_customer_id,
        parts.txn_date as target_date,
        sign(parts.ar_amount) as target_sign,
        abs(parts.ar_amount) as part_amount,
        parts.root_customer_id = payments.root_customer_id as is_same_root,
    from payment_lines
    join payments on payments.realm_id = payment_lines.realm_id and payments.doc_id = payment_lines.payment_id
    join receivables as parts
        on parts.realm_id = payment_lines.realm_id
        and parts.doc_type = payment_lines.target_type
        and parts.doc_id = payment_lines.target_id
    where not has_one_customer and parts.ar_amount <> 0
),

lines as (
    select
        realm_id,
        payment_id,
        line_no,
        applied_amount,
        min(target_sign) as only_sign,
        min(target_sign) <> max(target_sign) as is_mixed,
    from candidates
    group by realm_id, payment_id, line_no, applied_amount
),

used as (
    select realm_id, payment_id, only_sign * applied_amount as used_amount
    from lines
    where not is_mixed

    union all

    select payment_lines.realm_id, payment_id, sign(documents.ar_amount) * applied_amount as used_amount
    from payment_lines
    semi join (from lines where is_mixed) as mixed using (realm_id, payment_id)
    join receivables as documents
        on documents.realm_id = payment_lines.realm_id
        and documents.doc_type = payment_lines.target_type
        and documents.doc_id = payment_lines.target_id
    where has_one_customer
),

-- Where a document has charges and credits, what the payment used up in all tells how much of it went to charges.
mixed_lines as (
    select
        lines.*,
        sum(applied_amount) over of_payment as mixed_amount,
        sum(applied_amount) over (of_payment order by line_no rows between unbounded preceding and 1 preceding) as before,
        payments.qbo_open_amount - payments.ar_amount - coalesce(used_amount, 0) as net_amount,
        ((mixed_amount + net_amount) / 2)::decimal(18, 2) as charged,
        charged between 0 and mixed_amount as is_told,
        greatest(0, least(applied_amount, charged - coalesce(before, 0))) as charged_amount,
    from lines
    join payments on payments.realm_id = lines.realm_id and payments.doc_id = lines.payment_id
    left join (
        select realm_id, payment_id, sum(used_amount) as used_amount
        from used
        group by all
    ) as used_in_all
        on used_in_all.realm_id = lines.realm_id and used_in_all.payment_id = lines.payment_id
    where is_mixed
    window of_payment as (partition by lines.realm_id, lines.payment_id)
),

portions as (
    select realm_id, payment_id, line_no, only_sign as portion_sign, applied_amount as portion_amount
    from lines
    where not is_mixed

    union all

    select
        realm_id,
        payment_id,
        line_no,
        unnest(if(is_told, [1, -1], [null])) as portion_sign,
        unnest(if(is_told, [charged_amount, applied_amount - charged_amount], [applied_amount])) as portion_amount,
    from mixed_lines
),

meant as (
    select candidates.* replace (portion_amount as applied_amount)
    from candidates
    join portions using (realm_id, payment_id, line_no)
    where portion_amount > 0 and coalesce(target_sign = portion_sign, true)
    qualify row_number() over (
        partition by realm_id, payment_id, line_no, portion_sign
        order by
            target_customer_id = source_customer_id desc,
            is_same_root desc,
            part_amount = portion_amount desc,
            target_customer_id
    ) = 1
),

-- What a part cannot take, of the lines meant for it: the last ones', those of its very amount coming first.
overfilled as (
    select
        *,
        greatest(0, least(applied_amount, sum(applied_amount) over (
            partition by realm_id, target_type, target_id, target_customer_id
            order by part_amount = applied_amount desc, source_date, payment_id, line_no
            rows between unbounded preceding and current row
        ) - part_amount)) as surplus_amount,
    from meant
),

surpluses as (
    select
        *,
        sum(surplus_amount) over (
            partition by realm_id, target_type, target_id, target_root_customer_id, target_sign
            order by source_date, payment_id, line_no
            rows between unbounded preceding and current row
        ) as surplus_end,
    from overfilled
    where surplus_amount > 0
),

taken as (
    select realm_id, target_type, target_id, target_customer_id, sum(applied_amount - surplus_amount) as taken_amount
    from overfilled
    group by all
),

rooms as (
    select
        parts.realm_id,
        parts.doc_type as target_type,
        parts.doc_id as target_id,
        parts.root_customer_id as target_root_customer_id,
        sign(parts.ar_amount) as target_sign,
        parts.customer_id as room_customer_id,
        abs(parts.ar_amount) - coalesce(taken_amount, 0) as room_amount,
        sum(room_amount) over (
            partition by
                parts.realm_id, parts.doc_type, parts.doc_id, parts.root_customer_id, sign(parts.ar_amount)
            order by parts.customer_id
            rows between unbounded preceding and current row
        ) as room_end,
    from receivables as parts
    semi join surpluses on surpluses.realm_id = parts.realm_id
        and surpluses.target_type = parts.doc_type
        and surpluses.target_id = parts.doc_id
    left join taken on taken.realm_id = parts.realm_id
        and taken.target_type = parts.doc_type
        and taken.target_id = parts.doc_id
        and taken.target_customer_id = parts.customer_id
),

handed_on as (
    select
        surpluses.* replace (
            room_customer_id as target_customer_id,
            least(surplus_end, room_end) - greatest(surplus_end - surplus_amount, room_end - room_amount)
                as applied_amount
        ),
    from surpluses
    join rooms using (realm_id, target_type, target_id, target_root_customer_id, target_sign)
    where least(surplus_end, room_end) > greatest(surplus_end - surplus_amount, room_end - room_amount)
),

kept as (
    select overfilled.* replace (applied_amount - coalesce(handed_on_amount, 0) as applied_amount)
    from overfilled
    left join (
        select realm_id, payment_id, line_no, target_sign, sum(applied_amount) as handed_on_amount
        from handed_on
        group by all
    ) using (realm_id, payment_id, line_no, target_sign)
),

applications as (
    select * from kept where applied_amount > 0
    union all by name
    select * from handed_on
),

final as (
    select
        line_no,  -- Line of the payment.
        target_type,  -- Type of the document settled: JournalEntry, Deposit or Purchase.

        source_date,  -- Date of the payment.
        target_date,  -- Date of the document settled.

        target_sign::integer as target_sign,  -- Sign of the part settled: 1 for a charge, -1 for a credit.
        -- Amount applied to the part, always positive, in the documents' currency.
        applied_amount::decimal(18, 2) as applied_amount,

        realm_id,  -- QuickBooks id of the company (realm).
        payment_id,  -- QuickBooks id of the payment.
        source_customer_id,  -- QuickBooks id of the customer who pays.
        target_id,  -- QuickBooks id of the document settled.
        target_customer_id,  -- QuickBooks id of the customer whose part is settled.
    from applications
)

select * from final
