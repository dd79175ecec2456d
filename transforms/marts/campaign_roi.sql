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
    select *
    from build.campaign_contacts
    cross join companies
    where touch_date <= as_of_date
),

matches as (
    select realm_id, contact_id, root_customer_id
    from marts.contact_matches
    where status = 'matched'
),

family_touches as (
    select *
    from touches
    join matches using (realm_id, contact_id)
),

reached as (
    select realm_id, root_customer_id, touch_date, min(campaign_id) as campaign_id
    from family_touches
    where not is_held_out
    group by all
),

reached_families as (
    select distinct realm_id, campaign_id, root_customer_id
    from family_touches
    where not is_held_out
),

-- Whoever belongs to a family that the campaign reached through somebody else was not held out from it.
spoiled_contacts as (
    select distinct realm_id, campaign_id, contact_id
    from family_touches
    semi join reached_families using (realm_id, campaign_id, root_customer_id)
    where is_held_out
),

held_out as (
    select *
    from touches
    anti join spoiled_contacts using (realm_id, campaign_id, contact_id)
    where is_held_out
),

held_out_families as (
    select distinct realm_id, campaign_id, root_customer_id, touch_date
    from held_out
    join matches using (realm_id, contact_id)
),

documents as (
    select realm_id, doc_type, doc_id, root_customer_id, txn_date
    from core.sales_documents

    union all

    select realm_id, 'Estimate', estimate_id, root_customer_id, txn_date
    from core.estimates
),

documents_of_families as (
    select realm_id, doc_type, doc_id, root_customer_id, txn_date
    from documents
    semi join matches using (realm_id, root_customer_id)
    join companies using (realm_id)
    where txn_date <= as_of_date
),

attributed as (
    select
        documents.realm_id,
        documents.doc_type,
        documents.doc_id,
        reached.campaign_id,
        reached.touch_date,
    from documents_of_families as documents
    asof join reached
        on reached.realm_id = documents.realm_id
        and reached.root_customer_id = documents.root_customer_id
        and reached.touch_date <= documents.txn_date
    where documents.txn_date <= reached.touch_date + 90
),

-- The same last touch wins here: what a later campaign brought is not what would have come by itself.
unprompted as (
    select distinct
        documents.realm_id,
        documents.doc_type,
        documents.doc_id,
        held_out_families.campaign_id,
    from documents_of_families as documents
    join held_out_families
        on held_out_families.realm_id = documents.realm_id
        and held_out_families.root_customer_id = documents.root_customer_id
        and documents.txn_date between held_out_families.touch_date and held_out_families.touch_date + 90
    left join attributed
        on attributed.realm_id = documents.realm_id
        and attributed.doc_type = documents.doc_type
        and attributed.doc_id = documents.doc_id
    where coalesce(attributed.touch_date <= held_out_families.touch_date, true)
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

expected_sales as (
    select
        realm_id,
        campaign_id,
        sum(net_home - cost_home) as gross_margin,
    from sales_lines
    join unprompted using (realm_id, doc_type, doc_id)
    group by all
),

-- Squares of what each family brought, for the spread of the margin over contacts; whoever brought nothing adds none.
family_margins as (
    select
        realm_id,
        attributed.campaign_id,
        root_customer_id,
        sum(net_home - cost_home)::double as margin,
    from sales_lines
    join attributed using (realm_id, doc_type, doc_id)
    group by all
),

held_out_family_margins as (
    select
        realm_id,
        unprompted.campaign_id,
        root_customer_id,
        sum(net_home - cost_home)::double as margin,
    from sales_lines
    join unprompted using (realm_id, doc_type, doc_id)
    group by all
),

squares as (
    select realm_id, campaign_id, sum(margin * margin) as margin_squares
    from family_margins
    group by all
),

held_out_squares as (
    select realm_id, campaign_id, sum(margin * margin) as held_out_squares
    from held_out_family_margins
    group by all
),

counts as (
    select
        sales_documents.realm_id,
        coalesce(attributed.campaign_id, 'unattributed') as campaign_id,
        count(*) filter (where doc_type in ('Invoice', 'SalesReceipt') and not is_voided) as invoices,
        sum(total_home) filter (where doc_type in ('SalesReceipt', 'RefundReceipt')) as cash,
    from core.sales_documents as sales_documents
    join companies using (realm_id)
    left join attributed using (realm_id, doc_type, doc_id)
    where txn_date <= as_of_date
    group by all
),

collected as (
    select
        settlements.realm_id,
        coalesce(attributed.campaign_id, 'unattributed') as campaign_id,
        sum(cash_home) as cash,
    from core.invoice_settlements as settlements
    join companies using (realm_id)
    left join attributed
        on attributed.realm_id = settlements.realm_id
        and attributed.doc_type = 'Invoice'
        and attributed.doc_id = settlements.invoice_id
    where effective_date <= as_of_date
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
        count(distinct contact_id) as contacts,
        min(touch_date) as first_touch_date,
        max(touch_date) as last_touch_date,
    from touches
    where not is_held_out
    group by all
),

families as (
    select realm_id, campaign_id, count(*) as customers
    from reached_families
    group by all
),

held_out_contacts as (
    select realm_id, campaign_id, count(distinct contact_id) as held_out_contacts
    from held_out
    group by all
),

expected as (
    select
        held_out_contacts.*,
        case
            when unprompted_campaigns.campaign_id is null then 0
            else expected_sales.gross_margin
        end as held_out_margin,
    from held_out_contacts
    left join expected_sales using (realm_id, campaign_id)
    left join (select distinct realm_id, campaign_id from unprompted where doc_type <> 'Estimate')
        as unprompted_campaigns using (realm_id, campaign_id)
),

figures as (
    select
        companies.realm_id,
        companies.company_name,
        companies.as_of_date,
        campaigns.campaign_id,
        campaigns.name,
        campaigns.cost,
        coalesce(contacts, 0) as contact_count,
        coalesce(customers, 0) as customer_count,
        coalesce(held_out_contacts, 0) as held_out_count,
        coalesce(invoices, 0) as invoice_count,
        coalesce(estimates, 0) as estimate_count,
        coalesce(estimate_amount, 0) as estimated_amount,
        coalesce(revenue, 0) as revenue_amount,
        revenue_with_cost,
        if(coalesce(revenue, 0) = 0, coalesce(sales.gross_margin, 0), sales.gross_margin) as margin_amount,
        coalesce(counts.cash, 0) + coalesce(collected.cash, 0) as cash_amount,
        held_out_margin,
        held_out_margin / nullif(held_out_count, 0) * contact_count as expected_amount,
        (coalesce(margin_squares, 0) - margin_amount ** 2 / nullif(contact_count, 0)) / nullif(contact_count - 1, 0) as spread,
        (coalesce(held_out_squares, 0) - held_out_margin ** 2 / nullif(held_out_count, 0)) / nullif(held_out_count - 1, 0)
            as held_out_spread,
        if(
            least(contact_count, held_out_count) >= 10,
            try_cast(round(1.96 * sqrt(greatest(
                0, contact_count * spread + contact_count ** 2 * held_out_spread / held_out_count
            )), 2) as decimal(18, 2)),
            null
        ) as half_interval,
        first_touch_date,
        last_touch_date,
    from companies
    cross join campaigns
    left join contacts using (realm_id, campaign_id)
    left join families using (realm_id, campaign_id)
    left join expected using (realm_id, campaign_id)
    left join sales using (realm_id, campaign_id)
    left join counts using (realm_id, campaign_id)
    left join collected using (realm_id, campaign_id)
    left join estimated using (realm_id, campaign_id)
    left join squares using (realm_id, campaign_id)
    left join held_out_squares using (realm_id, campaign_id)
),

final as (
    select
        company_name,  -- Name of the company whose books these are.
        name as campaign_name,  -- Name of the campaign in campaigns.csv, or unattributed.

        first_touch_date,  -- Day on which the campaign first reached somebody; null when it reached nobody.
        last_touch_date,  -- Day on which the campaign last reached somebody; null when it reached nobody.
        as_of_date,  -- Day at whose end the figures stand.

        cost::decimal(18, 2) as cost,  -- Cost of the campaign in campaigns.csv, in home currency; 0 for unattributed.
        -- Total of the estimates counted, tax included, in home currency.
        estimated_amount::decimal(18, 2) as estimate_amount,
        -- Net revenue of the campaign without tax, in home currency: invoices and sales receipts less credit memos and
        -- refunds.
        revenue_amount::decimal(18, 2) as revenue,
        -- Money received on the campaign's sales so far, tax included, in home currency; deposits taken on invoices are
        -- left out.
        cash_amount::decimal(18, 2) as cash,
        -- Revenue with known cost less that cost, in home currency; null when no cost is known.
        margin_amount::decimal(18, 2) as gross_margin,
        -- Margin that the held-out contacts brought in the 90 days, in home currency; null when no contact was held
        -- out.
        held_out_margin::decimal(18, 2) as held_out_margin,
        -- Margin that would have come anyway, in home currency: the margin per held-out contact times the contacts
        -- reached.
        expected_amount::decimal(18, 2) as expected_margin,
        -- Gross margin less the expected margin, in home currency; null when no contact was held out.
        (margin_amount - expected_amount)::decimal(18, 2) as incremental_margin,
        -- Low end of the range in which the incremental margin lies with 95 percent confidence, by the spread of margin
        -- over contacts, in home currency; null below 10 contacts reached or 10 held out, and without known costs.
        (margin_amount - expected_amount - half_interval)::decimal(18, 2) as incremental_margin_low,
        -- High end of the range in which the incremental margin lies with 95 percent confidence, by the spread of margin
        -- over contacts, in home currency; null below 10 contacts reached or 10 held out, and without known costs.
        (margin_amount - expected_amount + half_interval)::decimal(18, 2) as incremental_margin_high,
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
        -- Return on investment of what the campaign added: incremental margin less cost, divided by cost.
        if(
            contact_count > 0, (margin_amount - expected_amount - cost) / nullif(cost, 0), null
        )::double as incremental_roi,
        -- True when 90 days have passed since the last touch, so that the figures grow no more; null when the campaign
        -- reached nobody.
        last_touch_date + 90 <= as_of_date as is_complete,

        realm_id,  -- QuickBooks id of the company (realm).
        campaign_id,  -- Id of the campaign in campaigns.csv, or unattributed.
    from figures
)

select * from final
