-- One row per campaign of campaigns.csv, contact, day on which it was reached and matched family, up to the run's date:
-- who was reached, and who was held out. A contact counts as held out only where the campaign reached nobody else of the
-- family. Of a contact that is matched to no family, or not clearly, the family is null.
with

companies as (
    select * from core.companies
),

touches as (
    select *
    from build.campaign_contacts
    cross join companies
    where touch_date <= as_of_date
),

matches as (
    select realm_id, contact_id, root_customer_id
    from core.contact_matches
    where status = 'matched'
),

family_touches as (
    select *
    from touches
    join matches using (realm_id, contact_id)
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

final as (
    select
        touches.touch_date,  -- Day on which the campaign reached the contact, or would have.

        -- True for a contact held out on purpose, to see what comes without the campaign.
        touches.is_held_out,

        touches.realm_id,  -- QuickBooks id of the company (realm).
        touches.campaign_id,  -- Id of the campaign in campaigns.csv.
        touches.contact_id,  -- Id of the contact in contacts.csv.
        matches.root_customer_id,  -- QuickBooks id of the customer at the top of the matched family; null without one.
    from touches
    left join matches using (realm_id, contact_id)
    left join spoiled_contacts
        on spoiled_contacts.realm_id = touches.realm_id
        and spoiled_contacts.campaign_id = touches.campaign_id
        and spoiled_contacts.contact_id = touches.contact_id
        and touches.is_held_out
    where spoiled_contacts.contact_id is null
)

select * from final
