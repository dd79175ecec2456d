-- One row per document and line: every revenue line, net of discount and tax, in home currency too; negative on credit
-- memos and refund receipts. Over a document the lines add up to its total less tax, to the cent.
with

documents as not materialized (
    select * from core.sales_documents
),

items as (
    select * from core.items
),

purchase_costs as (
    select * from core.item_purchase_costs
),

item_costs as (
    select * from core.item_costs
),

lines as not materialized (
    select *, 'Invoice' as doc_type, invoice_id as doc_id from staging.invoice_lines
    union all by name
    select *, 'SalesReceipt' as doc_type, sales_receipt_id as doc_id from staging.sales_receipt_lines
    union all by name
    select *, 'CreditMemo' as doc_type, credit_memo_id as doc_id from staging.credit_memo_lines
    union all by name
    select *, 'RefundReceipt' as doc_type, refund_receipt_id as doc_id from staging.refund_receipt_lines
),

charges as not materialized (
    select
        realm_id,
        doc_type,
        doc_id,
        line_no,
        group_line_no,
        coalesce(group_item_id, item_id) as item_id,
        account_id,
        class_id as line_class_id,
        project_id as line_project_id,
        description,
        coalesce(group_quantity, quantity) as quantity,
        unit_price,
        coalesce(line_amount, 0) as gross_amount,
        service_date,
    from lines
    where detail_type in ('SalesItemLineDetail', 'ReimburseLineDetail')
        or (detail_type = 'GroupLineDetail' and coalesce(group_line_count, 0) = 0)
),

charged as (
    select realm_id, doc_type, doc_id, sum(gross_amount) as charged_amount
    from charges
    group by all
),

discounts as (
    select realm_id, doc_type, doc_id, sum(coalesce(line_amount, 0)) as discount_amount
    from lines
    where detail_type = 'DiscountLineDetail'
    group by all
    having discount_amount <> 0
),

-- Each line's share in whole cents, rounded down; what is then missing goes to the largest remainders.
whole_shares as (
    select
        realm_id,
        doc_type,
        doc_id,
        line_no,
        (discount_amount * 100)::hugeint as discount_cents,
        (gross_amount * 100)::hugeint * sign(charged_amount)::hugeint as cents,
        (abs(charged_amount) * 100)::hugeint as total_cents,
        (discount_cents * cents % total_cents + total_cents) % total_cents as remainder,
        (discount_cents * cents - remainder) // total_cents as whole_cents,
    from charges
    join discounts using (realm_id, doc_type, doc_id)
    join charged using (realm_id, doc_type, doc_id)
    where charged_amount <> 0
),

shares as (
    select
        realm_id,
        doc_type,
        doc_id,
        line_no,
        (whole_cents + if(
            row_number() over (partition by realm_id, doc_type, doc_id order by remainder desc, line_no)
            <= discount_cents - sum(whole_cents) over (partition by realm_id, doc_type, doc_id),
            1,
            0
        ))::decimal(18, 2) / 100 as discount_amount,
    from whole_shares
),

itemized as (
    select
        charges.*,
        coalesce(shares.discount_amount, 0)::decimal(18, 2) as share_amount,
    from charges
    left join shares using (realm_id, doc_type, doc_id, line_no)
),

-- What the total contains and no line shows, such as a delayed charge.
unitemized as (
    select
        realm_id,
        doc_type,
        doc_id,
        0 as line_no,
        (sign * net_amount - coalesce(charged_amount, 0) + coalesce(discount_amount, 0))::decimal(18, 2) as gross_amount,
        if(coalesce(charged_amount, 0) = 0, coalesce(discount_amount, 0), 0)::decimal(18, 2) as share_amount,
    from documents
    left join charged using (realm_id, doc_type, doc_id)
    left join discounts using (realm_id, doc_type, doc_id)
    where gross_amount <> 0 or share_amount <> 0
),

all_charges as (
    select * from itemized
    union all by name
    select * from unitemized
),

-- Amounts stay within 18 digits, which DuckDB reckons ten times faster than 38.
signed as (
    select
        *,
        (gross_amount - share_amount)::decimal(18, 2) as unsigned_net,
        if(sign < 0, -quantity, quantity) as signed_quantity,
        if(sign < 0, -gross_amount, gross_amount) as signed_gross,
        if(sign < 0, -unsigned_net, unsigned_net) as signed_net,
        if(exchange_rate = 1, signed_gross, round(signed_gross * exchange_rate, 2)::decimal(18, 2)) as gross_in_home,
        if(exchange_rate = 1, signed_net, round(signed_net * exchange_rate, 2)::decimal(18, 2)) as net_in_home,
    from all_charges
    join documents using (realm_id, doc_type, doc_id)
),

without_cost as (
    select realm_id, doc_type, doc_id, line_no, item_id, txn_date
    from charges
    join documents using (realm_id, doc_type, doc_id)
    semi join item_costs using (realm_id, item_id)
    anti join purchase_costs
        on purchase_costs.realm_id = charges.realm_id
        and purchase_costs.item_id = charges.item_id
        and purchase_costs.from_date <= documents.txn_date
        and purchase_costs.before_date > documents.txn_date
),

average_costs as (
    select
        without_cost.realm_id,
        without_cost.doc_type,
        without_cost.doc_id,
        without_cost.line_no,
        item_costs.average_cost,
    from without_cost
    asof join item_costs
        on item_costs.realm_id = without_cost.realm_id
        and item_costs.item_id = without_cost.item_id
        and item_costs.txn_date <= without_cost.txn_date
),

final as (
    select
        signed.doc_type,  -- Type of the document: Invoice, SalesReceipt, CreditMemo or RefundReceipt.
        signed.doc_number,  -- Number printed on the document.
        signed.line_no,  -- Position of the line; 0 for what no line shows, such as a delayed charge.
        signed.group_line_no,  -- Position of the bundle that this line is part of; null outside bundles.
        items.name as item_name,  -- Name of the item as it is now; null when no line shows the item.
        signed.description,  -- Text of the line.
        signed.currency,  -- Currency of the document, as an ISO 4217 code.
        -- Where the cost of one unit comes from: purchase_cost_snapshot is the item's purchase cost on that day,
        -- purchase_cost the item's first one on record, saved later, bill_average the average of all units bought up to
        -- that day; none where no cost is known.
        case
            when signed.txn_date >= purchase_costs.saved_date then 'purchase_cost_snapshot'
            when purchase_costs.purchase_cost is not null then 'purchase_cost'
            when average_cost is not null then 'bill_average'
            else 'none'
        end as cost_basis,

        signed.txn_date,  -- Date of the document.
        -- Day on which the service was given, else the document's date.
        coalesce(signed.service_date, signed.txn_date) as service_date,

        -- Units of home currency per unit of the document's currency; 1 for documents in home currency.
        signed.exchange_rate,
        -- Quantity in units of the item, negative on credit memos and refund receipts.
        signed_quantity::decimal(24, 10) as quantity,
        signed.unit_price,  -- Price of one unit, in the document's currency.
        -- Amount without tax, before discount, in the document's currency; negative on credit memos and refund
        -- receipts.
        signed.signed_gross::decimal(18, 2) as gross_amount,
        -- Share of the document's discounts, in its currency, by amount with the largest remainder first; negative on
        -- credit memos and refund receipts.
        (signed.signed_gross - signed.signed_net)::decimal(18, 2) as discount_amount,
        -- Amount without tax, after discount, in the document's currency; negative on credit memos and refund receipts.
        signed.signed_net::decimal(18, 2) as net_amount,
        -- Amount without tax, before discount, in home currency; negative on credit memos and refund receipts.
        signed.gross_in_home::decimal(18, 2) as gross_home,
        -- Share of the document's discounts, in home currency; negative on credit memos and refund receipts.
        (signed.gross_in_home - signed.net_in_home)::decimal(18, 2) as discount_home,
        -- Amount without tax, after discount, in home currency, which is the revenue; negative on credit memos and
        -- refund receipts.
        signed.net_in_home::decimal(18, 2) as net_home,
        -- Cost of what was sold, in home currency; negative on credit memos and refund receipts, null when unknown.
        round(signed_quantity * coalesce(purchase_costs.purchase_cost, average_cost), 2)::decimal(18, 2) as cost_home,
        signed.line_no > 0 as is_itemized,  -- False for line 0, which holds what no line shows.
        signed.is_voided,  -- True when the document is voided: all amounts are zero.

        signed.realm_id,  -- QuickBooks id of the company (realm).
        signed.doc_id,  -- QuickBooks id of the document.
        signed.customer_id,  -- QuickBooks id of the customer on the document.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        signed.root_customer_id,
        signed.item_id,  -- QuickBooks id of the item sold; null when no line shows the item.
        -- QuickBooks id of the income account: the line's, else the item's.
        coalesce(signed.account_id, items.income_account_id) as account_id,
        -- QuickBooks id of the class: the line's, else the document's.
        coalesce(signed.line_class_id, signed.class_id) as class_id,
        signed.department_id,  -- QuickBooks id of the department, called location on screen.
        -- QuickBooks id of the project: the line's, else the document's.
        coalesce(signed.line_project_id, signed.project_id) as project_id,
    from signed
    left join items using (realm_id, item_id)
    left join purchase_costs
        on purchase_costs.realm_id = signed.realm_id
        and purchase_costs.item_id = signed.item_id
        and purchase_costs.from_date <= signed.txn_date
        and purchase_costs.before_date > signed.txn_date
    left join average_costs using (realm_id, doc_type, doc_id, line_no)
)

select * from final
