-- One row per conversation of conversations.csv and customer family that has its number or address, and who paid after
-- it; a conversation with nobody in the books has one row without a customer. A contact of contacts.csv that is matched
-- decides for its numbers and addresses; what several families share otherwise is listed as ambiguous. Empty until
-- conversations.csv lies in the data folder.
with

companies as (
    select * from core.companies
),

conversations as (
    select *
    from build.conversations
    cross join companies
    where conversation_date <= as_of_date
),

keys as (
    select realm_id, entity_id as conversation_id, coalesce(phone, email) as key
    from core.contact_keys
    where entity_type = 'Conversation'
),

customers as (
    select * from core.customers
),

customer_keys as (
    select
        keys.realm_id,
        coalesce(keys.phone, keys.email) as key,
        customers.root_customer_id,
        min_by(customers.customer_id, (customers.depth, customers.customer_id)) as customer_id,
    from core.contact_keys as keys
    join customers on customers.realm_id = keys.realm_id and customers.customer_id = keys.entity_id
    where keys.entity_type = 'Customer'
    group by all
),

-- As in marts.contact_matches: what more than 100 families have is a placeholder and says nothing.
telling_keys as (
    select realm_id, key
    from customer_keys
    group by all
    having count(*) <= 100
),

contact_keys as (
    select
        keys.realm_id,
        coalesce(keys.phone, keys.email) as key,
        matches.root_customer_id,
        min(matches.customer_id) as customer_id,
        min(matches.contact_id) as contact_id,
    from core.contact_keys as keys
    join marts.contact_matches as matches
        on matches.realm_id = keys.realm_id and matches.contact_id = keys.entity_id
    where keys.entity_type = 'Contact' and matches.status = 'matched'
    group by all
),

candidates as (
    select
        realm_id,
        conversation_id,
        root_customer_id,
        min(customer_id) as customer_id,
        null as contact_id,
        1 as rank,
    from keys
    join customer_keys using (realm_id, key)
    semi join telling_keys using (realm_id, key)
    group by all

    union all

    select
        realm_id,
        conversation_id,
        root_customer_id,
        min(customer_id) as customer_id,
        min(contact_id) as contact_id,
        0 as rank,
    from keys
    join contact_keys using (realm_id, key)
    group by all
),

-- Where a contact is matched to one family, that one; else all that share the number or address.
families as (
    select
        *,
        count(*) filter (where rank = 0) over of_conversation as contact_families,
        count(*) filter (where rank = 1) over of_conversation as sharing_families,
    from candidates
    window of_conversation as (partition by realm_id, conversation_id)
),

chosen as (
    select
        realm_id,
        conversation_id,
        root_customer_id,
        min_by(customer_id, rank) as customer_id,
        min(contact_id) as contact_id,
        if(max(contact_families) = 1 or max(sharing_families) = 1 and max(contact_families) = 0, 'matched', 'ambiguous')
            as status,
    from families
    where contact_families <> 1 or rank = 0
    group by all
),

found as (
    select
        conversations.*,
        chosen.root_customer_id,
        chosen.customer_id,
        chosen.contact_id,
        coalesce(chosen.status, 'unmatched') as status,
    from conversations
    left join chosen using (realm_id, conversation_id)
),

payments as (
    select
        realm_id,
        root_customer_id,
        payment_date,
        sum(cash_home) as cash,
    from core.invoice_settlements
    join companies using (realm_id)
    where cash_home > 0 and payment_date <= as_of_date
    group by all
),

paid as (
    select
        realm_id,
        conversation_id,
        root_customer_id,
        min(payment_date) as next_payment_date,
        sum(cash) filter (where payment_date <= conversation_date + 30) as cash,
    from found
    join payments using (realm_id, root_customer_id)
    where status = 'matched' and payment_date >= conversation_date
    group by all
),

charges as (
    select
        realm_id,
        doc_id as invoice_id,
        root_customer_id,
        due_date,
        if(exchange_rate = 1, ar_amount, round(ar_amount * exchange_rate, 2))::decimal(18, 2) as charged,
    from core.receivables
    where doc_type = 'Invoice' and ar_amount > 0
),

settled as (
    select
        settlements.realm_id,
        found.conversation_id,
        sum(settlements.applied_home) as applied,
    from found
    join core.invoice_settlements as settlements
        on settlements.realm_id = found.realm_id and settlements.root_customer_id = found.root_customer_id
    where found.status = 'matched'
        and settlements.due_date < found.conversation_date
        and settlements.effective_date < found.conversation_date
    group by all
),

overdue as (
    select
        charges.realm_id,
        found.conversation_id,
        sum(charges.charged) as charged,
    from found
    join charges on charges.realm_id = found.realm_id and charges.root_customer_id = found.root_customer_id
    where found.status = 'matched' and charges.due_date < found.conversation_date
    group by all
),

final as (
    select
        found.company_name,  -- Name of the company whose books these are.
        customers.full_name as customer_name,  -- Full name of the customer, as Parent:Job; null when nobody has the key.
        -- Name of the customer at the top of the family; null when nobody has the key.
        customers.root_customer_name,
        found.number_or_address,  -- Telephone number or e-mail address in conversations.csv, as typed.
        found.channel,  -- Channel in conversations.csv, in lower case, such as call, sms or email.
        found.direction,  -- Direction: out when the company called or wrote, in when the customer did.
        -- State of the match: matched; ambiguous (several families have the number or address); unmatched (none has).
        found.status,
        found.time_of_day,  -- Time of day in conversations.csv, as typed; null where it has a date alone.

        found.conversation_date,  -- Day of the conversation in conversations.csv.
        -- Day of the family's first payment on or after that day; null when none has come, or without a match.
        paid.next_payment_date,
        found.as_of_date,  -- Day at whose end the figures stand.

        -- Open amount of the family's invoices that were past due before that day, in home currency; null without a
        -- match.
        if(
            found.status = 'matched', greatest(0, coalesce(overdue.charged, 0) - coalesce(settled.applied, 0)), null
        )::decimal(18, 2) as overdue_amount,
        -- Money received from the family on invoices from that day to 30 days later, in home currency; null without a
        -- match.
        if(found.status = 'matched', coalesce(paid.cash, 0), null)::decimal(18, 2) as paid_amount,
        -- Days from the conversation to the family's next payment; null when none has come, or without a match.
        (paid.next_payment_date - found.conversation_date)::integer as days_to_payment,
        -- True when the family paid within 30 days; null without a match, and while the 30 days are not over and
        -- nothing came.
        case
            when found.status <> 'matched' then null
            when coalesce(paid.cash, 0) > 0 then true
            when found.conversation_date + 30 <= found.as_of_date then false
        end as is_paid_after,

        found.realm_id,  -- QuickBooks id of the company (realm).
        found.conversation_id,  -- Number of the conversation in conversations.csv: 1 is the first below the head.
        found.contact_id,  -- Id of the contact in contacts.csv that has the number or address and decided; else null.
        found.customer_id,  -- QuickBooks id of the customer that has the number or address; null when nobody has.
        -- QuickBooks id of the customer at the top of the family; null when nobody has the key.
        found.root_customer_id,
    from found
    left join paid using (realm_id, conversation_id, root_customer_id)
    left join overdue using (realm_id, conversation_id)
    left join settled using (realm_id, conversation_id)
    left join customers on customers.realm_id = found.realm_id and customers.customer_id = found.customer_id
)

select * from final
