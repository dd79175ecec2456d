-- Every revenue line: signed, net of discount and tax, in home currency too.
-- One row per document and line; over a document they add up to its total less tax, to the cent.
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
        and item_costs.bought_date <= without_cost.txn_date
),

final as (
    select
        signed.realm_id,  -- QuickBooks company id (realm)
        signed.doc_type,  -- Invoice, SalesReceipt, CreditMemo or RefundReceipt
        signed.doc_id,  -- QuickBooks id of the document
        signed.line_no,  -- Position of the line; 0 for what no line shows, such as a delayed charge
        signed.group_line_no,  -- Line of the bundle this line is part of; null outside bundles
        signed.customer_id,  -- Customer on the document
        signed.root_customer_id,  -- Top of that customer's chain of parents
        signed.item_id,  -- Item sold; null when no line shows it
        -- Income account: the line's, else the item's
        coalesce(signed.account_id, items.income_account_id) as account_id,
        coalesce(signed.line_class_id, signed.class_id) as class_id,  -- Class: the line's, else the document's
        signed.department_id,  -- Department (location)
        coalesce(signed.line_project_id, signed.project_id) as project_id,  -- Project: the line's, else the document's

        signed.doc_number,  -- Number printed on the document
        items.name as item_name,  -- Name of the item now
        signed.description,  -- Text of the line
        signed.currency,  -- Currency of the document
        signed.exchange_rate,  -- Home units per unit of that currency

        signed_quantity::decimal(24, 10) as quantity,  -- Quantity, negative on credits and refunds
        signed.unit_price,  -- Price of one, in the document's currency
        signed.signed_gross::decimal(18, 2) as gross_amount,  -- Amount without tax, before discount, signed
        -- Share of the document's discounts by amount, largest remainder first, signed like the line
        (signed.signed_gross - signed.signed_net)::decimal(18, 2) as discount_amount,
        signed.signed_net::decimal(18, 2) as net_amount,  -- Amount without tax, after discount, signed
        signed.gross_in_home::decimal(18, 2) as gross_home,  -- Gross amount in home currency
        (signed.gross_in_home - signed.net_in_home)::decimal(18, 2) as discount_home,  -- Discount in home currency
        signed.net_in_home::decimal(18, 2) as net_home,  -- Net amount in home currency: revenue
        -- Cost of what was sold, in home currency; null when unknown
        round(signed_quantity * coalesce(purchase_costs.purchase_cost, average_cost), 2)::decimal(18, 2) as cost_home,
        -- Where the cost of one comes from: purchase_cost_snapshot is the item's on that day, purchase_cost its first
        -- one on record, saved later, bill_average that of all bought up to that day; or none
        case
            when signed.txn_date >= purchase_costs.saved_date then 'purchase_cost_snapshot'
            when purchase_costs.purchase_cost is not null then 'purchase_cost'
            when average_cost is not null then 'bill_average'
            else 'none'
        end as cost_basis,

        signed.line_no > 0 as is_itemized,  -- False for line 0
        signed.is_voided,  -- True when the document is voided: all amounts are zero

        signed.txn_date,  -- Date of the document
        -- Day the service was given, else the document's date
        coalesce(signed.service_date, signed.txn_date) as service_date,
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
