-- One row per campaign of campaigns.csv, and one called unattributed for everything else, so that revenue adds up to
-- the company's: what each campaign brought within 90 days of reaching a customer. In home currency. The last campaign
-- to reach a family gets its business; of two on one day, the first by id.
with

companies as (
    select * from core.companies
),

campaigns as (
    select campaign_id, name, cost from build.campaigns
    union all
    select 'unattributed', 'unattributed', 0
),

touches as (
    select * from core.campaign_touches where not is_held_out
),

attributed as (
    select * from core.campaign_documents where not is_held_out
),

effects as (
    select * from core.campaign_effects
),

sales_lines as not materialized (
    select *
    from core.sales_lines
    join companies using (realm_id)
    where txn_date <= as_of_date and not is_voided and is_revenue
),

sales as (
    select
        sales_lines.realm_id,
        coalesce(attributed.campaign_id, 'unattributed') as campaign_id,
        sum(net_home) as revenue,
        sum(net_home) filter (where cost_home is not null) as revenue_with_cost,
        sum(net_home - cost_home) as gross_margin,
    from sales_lines
    left join attributed using (realm_id, doc_type, doc_id)
    group by all
),

counts as (
    select
        sales_documents.realm_id,
        coalesce(attributed.campaign_id, 'unattributed') as campaign_id,
        count(*) as invoices,
    from core.sales_documents as sales_documents
    join companies using (realm_id)
    left join attributed using (realm_id, doc_type, doc_id)
    where sales_documents.txn_date <= as_of_date and doc_type in ('Invoice', 'SalesReceipt') and not is_voided
    group by all
),

-- Money that settled invoices, wherever it was booked; sales receipts less refunds; deposits taken on invoices.
money as (
    select realm_id, 'Invoice' as doc_type, invoice_id as doc_id, cash_home
    from core.invoice_settlements
    join companies using (realm_id)
    where effective_date <= as_of_date

    union all

    select realm_id, doc_type, doc_id, cash_home
    from core.customer_cash
    where doc_type in ('SalesReceipt', 'RefundReceipt')

    union all

    select realm_id, doc_type, doc_id, round((original_amount - ar_amount) * exchange_rate, 2)
    from core.receivables
    join companies using (realm_id)
    where doc_type = 'Invoice' and txn_date <= as_of_date and original_amount <> ar_amount
),

collected as (
    select
        realm_id,
        coalesce(attributed.campaign_id, 'unattributed') as campaign_id,
        sum(cash_home) as cash,
    from money
    left join attributed using (realm_id, doc_type, doc_id)
    group by all
),

estimated as (
    select
        estimates.realm_id,
        coalesce(attributed.campaign_id, 'unattributed') as campaign_id,
        count(*) as estimates,
        sum(total_home) as estimate_amount,
    from core.estimates as estimates
    left join attributed
        on attributed.realm_id = estimates.realm_id
        and attributed.doc_type = 'Estimate'
        and attributed.doc_id = estimates.estimate_id
    where outcome <> 'voided'
    group by all
),

contacts as (
    select
        realm_id,
        campaign_id,
        count(distinct root_customer_id) as customers,
        min(touch_date) as first_touch_date,
        max(touch_date) as last_touch_date,
    from touches
    group by all
),

figures as (
    select
        companies.realm_id,
        companies.company_name,
        companies.as_of_date,
        campaigns.campaign_id,
        campaigns.name,
        campaigns.cost,
        coalesce(contact_count, 0) as contact_count,
        coalesce(held_out_count, 0) as held_out_count,
        coalesce(customers, 0) as customer_count,
        coalesce(invoices, 0) as invoice_count,
        coalesce(estimates, 0) as estimate_count,
        coalesce(estimate_amount, 0) as estimated_amount,
        coalesce(revenue, 0) as revenue_amount,
        revenue_with_cost,
        if(coalesce(revenue, 0) = 0, coalesce(sales.gross_margin, 0), sales.gross_margin) as margin_amount,
        coalesce(cash, 0) as cash_amount,
        effect_status,
        held_out_margin,
        expected_margin,
        incremental_margin,
        incremental_margin_low,
        incremental_margin_high,
        first_touch_date,
        last_touch_date,
    from companies
    cross join campaigns
    left join contacts using (realm_id, campaign_id)
    left join effects using (realm_id, campaign_id)
    left join sales using (realm_id, campaign_id)
    left join counts using (realm_id, campaign_id)
    left join collected using (realm_id, campaign_id)
    left join estimated using (realm_id, campaign_id)
),

final as (
    select
        company_name,  -- Name of the company whose books these are.
        name as campaign_name,  -- Name of the campaign in campaigns.csv, or unattributed.
        -- Whether the incremental margin was measured, and else why it is null: measured; no comparison (nobody was held
        -- out); comparison too small (fewer than 10 were held out); too few reached (fewer than 10 were); cost unknown.
        -- Null for unattributed.
        if(campaign_id = 'unattributed', null, coalesce(effect_status, 'too few reached')) as effect_status,

        first_touch_date,  -- Day on which the campaign first reached somebody; null when it reached nobody.
        last_touch_date,  -- Day on which the campaign last reached somebody; null when it reached nobody.
        as_of_date,  -- Day at whose end the figures stand.

        cost::decimal(18, 2) as cost,  -- Cost of the campaign in campaigns.csv, in home currency; 0 for unattributed.
        -- Total of the estimates counted, tax included, in home currency.
        estimated_amount::decimal(18, 2) as estimate_amount,
        -- Net revenue of the campaign without tax, in home currency: invoices and sales receipts less credit memos and
        -- refunds.
        revenue_amount::decimal(18, 2) as revenue,
        -- Money received on the campaign's sales so far, tax included, in home currency: what settled invoices, deposits
        -- on invoices, and sales receipts less refunds.
        cash_amount::decimal(18, 2) as cash,
        -- Revenue with known cost less that cost, in home currency; null when no cost is known.
        margin_amount::decimal(18, 2) as gross_margin,
        -- Margin that the held-out contacts brought in the 90 days, in home currency; null when no contact was held out,
        -- and when no cost is known.
        held_out_margin,
        -- Margin that would have come anyway, in home currency: the margin per held-out contact times the contacts
        -- reached.
        expected_margin,
        -- Gross margin less the expected margin, in home currency; null unless effect_status is measured.
        incremental_margin,
        -- Low end of the range in which the incremental margin lies with 95 percent confidence, in home currency; null
        -- unless effect_status is measured.
        incremental_margin_low,
        -- High end of the range in which the incremental margin lies with 95 percent confidence, in home currency; null
        -- unless effect_status is measured.
        incremental_margin_high,
        -- Number of contacts that the campaign reached so far, matched to a customer or not.
        contact_count::integer as contacts,
        customer_count::integer as customers,  -- Number of customer families that the campaign reached so far.
        -- Number of contacts held out for comparison whose families the campaign did not reach otherwise.
        held_out_count::integer as held_out_contacts,
        -- Number of estimates dated within 90 days of the last campaign to reach the family.
        estimate_count::integer as estimates,
        -- Number of invoices and sales receipts dated within 90 days of the last campaign to reach the family.
        invoice_count::integer as invoices,
        -- Revenue with known cost divided by revenue, 1 when every cost is known; null when there is no revenue.
        (coalesce(revenue_with_cost, 0) / nullif(revenue_amount, 0))::double as known_cost_ratio,
        -- Return on investment: gross margin less cost, divided by cost; 8.6 is 860 percent.
        if(contact_count > 0, (margin_amount - cost) / nullif(cost, 0), null)::double as roi,
        -- Return on ad spend: revenue divided by cost.
        if(contact_count > 0, revenue_amount / nullif(cost, 0), null)::double as roas,
        -- Return on investment of what the campaign added: incremental margin less cost, divided by cost; null unless
        -- effect_status is measured.
        ((incremental_margin - cost) / nullif(cost, 0))::double as incremental_roi,
        -- True when 90 days have passed since the last touch, so that the figures grow no more; null when the campaign
        -- reached nobody.
        last_touch_date + 90 <= as_of_date as is_complete,

        realm_id,  -- QuickBooks id of the company (realm).
        campaign_id,  -- Id of the campaign in campaigns.csv, or unattributed.
    from figures
)

select * from final
