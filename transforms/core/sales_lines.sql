-- One row per document and line with an amount, net of discount and tax, in home currency too; negative on credit memos
-- and refund receipts. Over a document the lines add up to its total less tax, to the cent. Revenue is only what posts
-- to income accounts: is_revenue.
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

-- What kind of posting a sales form makes to each account.
accounts as (
    select
        realm_id,
        account_id,
        account_type,
        case
            when account_type = 'Income' then 'revenue'
            when account_type = 'Other Income' then 'other income'
            when account_type in ('Cost of Goods Sold', 'Expense', 'Other Expense') then 'recovered cost'
            when account_type is not null then 'balance sheet'
        end as posting_kind,
    from core.accounts
),

-- QuickBooks's own accounts, for lines that name none: as the preferences say, else the only one of its detail type.
default_accounts as (
    select
        realm_id,
        coalesce(
            max(default_discount_account_id),
            if(count(distinct account_id) = 1, max(account_id), null)
        ) as discount_account_id,
        max(default_shipping_account_id) as shipping_account_id,
    from core.companies
    left join staging.preferences using (realm_id)
    left join (
        select * from core.accounts where account_sub_type = 'DiscountsRefundsGiven'
    ) as discount_accounts using (realm_id)
    group by all
),

itemized as not materialized (
    select
        lines.realm_id,
        lines.doc_type,
        lines.doc_id,
        lines.line_no,
        lines.group_line_no,
        coalesce(lines.group_item_id, lines.item_id) as item_id,
        coalesce(
            lines.account_id,
            items.income_account_id,
            if(lines.item_id = 'SHIPPING_ITEM_ID', default_accounts.shipping_account_id, null)
        ) as account_id,
        lines.class_id as line_class_id,
        lines.project_id as line_project_id,
        lines.description,
        coalesce(lines.group_quantity, lines.quantity) as quantity,
        lines.unit_price,
        coalesce(lines.line_amount, 0) as gross_amount,
        lines.service_date,
    from lines
    left join items
        on items.realm_id = lines.realm_id
        and items.item_id = coalesce(lines.group_item_id, lines.item_id)
    left join default_accounts on default_accounts.realm_id = lines.realm_id
    where lines.detail_type in ('SalesItemLineDetail', 'ReimburseLineDetail')
        or (lines.detail_type = 'GroupLineDetail' and coalesce(lines.group_line_count, 0) = 0)
),

discounts as (
    select
        lines.realm_id,
        lines.doc_type,
        lines.doc_id,
        lines.line_no,
        coalesce(lines.discount_account_id, default_accounts.discount_account_id) as account_id,
        lines.class_id as line_class_id,
        lines.description,
        lines.line_amount as discount_amount,
        coalesce(posting_kind, 'revenue') as posting_kind,
    from lines
    left join default_accounts using (realm_id)
    left join accounts
        on accounts.realm_id = lines.realm_id
        and accounts.account_id = coalesce(lines.discount_account_id, default_accounts.discount_account_id)
    where lines.detail_type = 'DiscountLineDetail' and lines.line_amount <> 0
),

itemized_totals as (
    select realm_id, doc_type, doc_id, sum(gross_amount) as itemized_amount
    from itemized
    group by all
),

discount_totals as (
    select realm_id, doc_type, doc_id, sum(discount_amount) as discount_amount
    from discounts
    group by all
),

-- What the total contains and no line shows, such as a delayed charge.
unitemized as (
    select
        realm_id,
        doc_type,
        doc_id,
        0 as line_no,
        (sign * net_amount - coalesce(itemized_amount, 0) + coalesce(discount_amount, 0))::decimal(18, 2) as gross_amount,
    from documents
    left join itemized_totals using (realm_id, doc_type, doc_id)
    left join discount_totals using (realm_id, doc_type, doc_id)
    where gross_amount <> 0
),

-- An account that nobody names, or that the chart of accounts lacks, is one of income: QuickBooks sells no item without
-- an income account, and shipping and delayed charges have one of its own.
charges as not materialized (
    select charged.*, coalesce(posting_kind, 'revenue') as posting_kind
    from (
        select * from itemized
        union all by name
        select * from unitemized
    ) as charged
    left join accounts using (realm_id, account_id)
),

revenue_totals as (
    select realm_id, doc_type, doc_id, sum(gross_amount) as charged_amount
    from charges
    where posting_kind = 'revenue'
    group by all
    having charged_amount <> 0
),

-- A discount posts to an account of its own. One that lessens revenue is shared over the document's revenue.
shared_discounts as (
    select
        realm_id,
        doc_type,
        doc_id,
        charged_amount,
        sum(discount_amount) as discount_amount,
        max(account_id) as discount_account_id,
    from discounts
    join revenue_totals using (realm_id, doc_type, doc_id)
    where posting_kind = 'revenue'
    group by all
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
        discount_account_id,
    from charges
    join shared_discounts using (realm_id, doc_type, doc_id)
    where posting_kind = 'revenue'
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
        ))::decimal(18, 2) / 100 as share_amount,
        discount_account_id,
    from whole_shares
),

-- A discount that is not shared is a row of its own.
all_charges as (
    select
        charges.*,
        coalesce(share_amount, 0)::decimal(18, 2) as share_amount,
        discount_account_id,
    from charges
    left join shares using (realm_id, doc_type, doc_id, line_no)

    union all by name

    select
        discounts.* exclude (discount_amount),
        account_id as discount_account_id,
        0 as gross_amount,
        discounts.discount_amount as share_amount,
    from discounts
    anti join shared_discounts
        on discounts.posting_kind = 'revenue'
        and shared_discounts.realm_id = discounts.realm_id
        and shared_discounts.doc_type = discounts.doc_type
        and shared_discounts.doc_id = discounts.doc_id
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
    from itemized
    join documents using (realm_id, doc_type, doc_id)
    semi join item_costs using (realm_id, item_id)
    anti join purchase_costs
        on purchase_costs.realm_id = itemized.realm_id
        and purchase_costs.item_id = itemized.item_id
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
        accounts.account_type,  -- Type of the account that the line posts to, such as Income; null where unknown.
        -- Kind of posting: revenue (type Income, or an account that is not known), other income, recovered cost (cost of
        -- goods sold and expenses, such as a cost passed on) or balance sheet (such as a retainer).
        signed.posting_kind,
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
        -- Share of the document's discounts, in its currency, over its revenue by amount with the largest remainder
        -- first; negative on credit memos and refund receipts. A discount that lessens no revenue has a row of its own.
        (signed.signed_gross - signed.signed_net)::decimal(18, 2) as discount_amount,
        -- Amount without tax, after discount, in the document's currency; negative on credit memos and refund receipts.
        signed.signed_net::decimal(18, 2) as net_amount,
        -- Amount without tax, before discount, in home currency; negative on credit memos and refund receipts.
        signed.gross_in_home::decimal(18, 2) as gross_home,
        -- Share of the document's discounts, in home currency; negative on credit memos and refund receipts.
        (signed.gross_in_home - signed.net_in_home)::decimal(18, 2) as discount_home,
        -- Amount without tax, after discount, in home currency, which is revenue where is_revenue says so; negative on
        -- credit memos and refund receipts.
        signed.net_in_home::decimal(18, 2) as net_home,
        -- Cost of what was sold, in home currency; negative on credit memos and refund receipts, null when unknown.
        try(round(signed_quantity * coalesce(purchase_costs.purchase_cost, average_cost), 2)::decimal(18, 2)) as cost_home,
        signed.posting_kind = 'revenue' as is_revenue,  -- True for a line that posts to an income account.
        signed.line_no > 0 as is_itemized,  -- False for line 0, which holds what no line shows.
        signed.is_voided,  -- True when the document is voided: all amounts are zero.

        signed.realm_id,  -- QuickBooks id of the company (realm).
        signed.doc_id,  -- QuickBooks id of the document.
        signed.customer_id,  -- QuickBooks id of the customer on the document.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        signed.root_customer_id,
        signed.item_id,  -- QuickBooks id of the item sold; null when no line shows the item.
        -- QuickBooks id of the account that the gross amount posts to: the line's, else the income account of its item,
        -- else the company's own for shipping; null where none is named, as for what no line shows.
        signed.account_id,
        -- QuickBooks id of the account that the discount posts to: the discount line's, else the company's own; null
        -- without a discount, and where none is named.
        signed.discount_account_id,
        -- QuickBooks id of the class: the line's, else the document's.
        coalesce(signed.line_class_id, signed.class_id) as class_id,
        signed.department_id,  -- QuickBooks id of the department, called location on screen.
        -- QuickBooks id of the project: the line's, else the document's.
        coalesce(signed.line_project_id, signed.project_id) as project_id,
    from signed
    left join items using (realm_id, item_id)
    left join accounts using (realm_id, account_id)
    left join purchase_costs
        on purchase_costs.realm_id = signed.realm_id
        and purchase_costs.item_id = signed.item_id
        and purchase_costs.from_date <= signed.txn_date
        and purchase_costs.before_date > signed.txn_date
    left join average_costs using (realm_id, doc_type, doc_id, line_no)
)

select * from final
