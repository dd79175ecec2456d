-- What payments settled of journal entries, deposits and purchases, which may stand with several customers: whose part.
-- One row per payment line and part. A line goes to one part, and on to others of its family where that one is used up.
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

applied_to_parts as (
    select realm_id, payment_id, sum(applied_amount) as applied_amount
    from (select distinct realm_id, payment_id, line_no, applied_amount from candidates)
    group by all
),

applied_to_documents as (
    select
        realm_id,
        payment_id,
        sum(sign(documents.ar_amount) * applied_amount) as used_amount,
    from payment_lines
    semi join applied_to_parts using (realm_id, payment_id)
    join receivables as documents
        on documents.realm_id = payment_lines.realm_id
        and documents.doc_type = payment_lines.target_type
        and documents.doc_id = payment_lines.target_id
    where has_one_customer
    group by all
),

-- What a payment used up tells whether the parts it settled were charges or credits, if they were all one or the other.
part_signs as (
    select
        applied_to_parts.realm_id,
        applied_to_parts.payment_id,
        case payments.qbo_open_amount - payments.ar_amount - coalesce(used_amount, 0)
            when applied_amount then 1
            when -applied_amount then -1
        end as target_sign,
    from applied_to_parts
    join payments
        on payments.realm_id = applied_to_parts.realm_id and payments.doc_id = applied_to_parts.payment_id
    left join applied_to_documents
        on applied_to_documents.realm_id = applied_to_parts.realm_id
        and applied_to_documents.payment_id = applied_to_parts.payment_id
),

meant as (
    select candidates.*
    from candidates
    join part_signs using (realm_id, payment_id)
    qualify row_number() over (
        partition by realm_id, payment_id, line_no
        order by
            candidates.target_sign = part_signs.target_sign desc,
            target_customer_id = source_customer_id desc,
            is_same_root desc,
            part_amount = applied_amount desc,
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
        select realm_id, payment_id, line_no, sum(applied_amount) as handed_on_amount
        from handed_on
        group by all
    ) using (realm_id, payment_id, line_no)
),

applications as (
    select * from kept where applied_amount > 0
    union all by name
    select * from handed_on
),

final as (
    select
        realm_id,  -- QuickBooks company id (realm)
        payment_id,  -- QuickBooks id of the payment
        line_no,  -- Line of the payment
        source_customer_id,  -- Customer who pays
        target_type,  -- Document settled: JournalEntry, Deposit or Purchase
        target_id,  -- QuickBooks id of the document settled
        target_customer_id,  -- Customer whose part it settles

        target_sign::integer as target_sign,  -- 1 when the part is a charge, -1 when it is a credit
        applied_amount::decimal(18, 2) as applied_amount,  -- Amount applied to the part, always positive

        source_date,  -- Date of the payment
        target_date,  -- Date of the document settled
    from applications
)

select * from final
