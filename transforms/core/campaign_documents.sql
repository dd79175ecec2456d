-- One row per campaign and document of a family that it reached, or that was held out, within 90 days: what counts for the
-- campaign, and what came without it. The last campaign to reach a family gets its business; of two on one day, the
-- first by id. The same last touch wins among those held out: what a later campaign brought did not come by itself.
with

companies as (
    select * from core.companies
),

touches as (
    select * from core.campaign_touches where root_customer_id is not null
),

reached as (
    select realm_id, root_customer_id, touch_date, min(campaign_id) as campaign_id
    from touches
    where not is_held_out
    group by all
),

held_out_families as (
    select distinct realm_id, campaign_id, root_customer_id, touch_date
    from touches
    where is_held_out
),

documents as (
    select realm_id, doc_type, doc_id, root_customer_id, txn_date
    from core.sales_documents

    union all

    select realm_id, 'Estimate', estimate_id, root_customer_id, txn_date
    from core.estimates
),

documents_of_families as (
    select documents.*
    from documents
    semi join touches using (realm_id, root_customer_id)
    join companies using (realm_id)
    where txn_date <= as_of_date
),

attributed as (
    select
        documents.*,
        reached.campaign_id,
        reached.touch_date,
    from documents_of_families as documents
    asof join reached
        on reached.realm_id = documents.realm_id
        and reached.root_customer_id = documents.root_customer_id
        and reached.touch_date <= documents.txn_date
    where documents.txn_date <= reached.touch_date + 90
),

unprompted as (
    select distinct
        documents.*,
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

both_sides as (
    select *, false as is_held_out from attributed
    union all by name
    select *, true as is_held_out from unprompted
),

final as (
    select
        doc_type,  -- Type of the document: Invoice, SalesReceipt, CreditMemo, RefundReceipt or Estimate.

        txn_date,  -- Date of the document.

        is_held_out,  -- True for what a family brought that was held out from the campaign.

        realm_id,  -- QuickBooks id of the company (realm).
        campaign_id,  -- Id of the campaign in campaigns.csv.
        doc_id,  -- QuickBooks id of the document.
        root_customer_id,  -- QuickBooks id of the customer at the top of the family.
    from both_sides
)

select * from final
