-- One row per customer at the top of its family who owes more than its credits and has anything overdue; jobs count
-- with it: whom to call about overdue invoices, most urgent first. In home currency. The rank goes by the money that a
-- call brings, where people's conversations show what calls change, else by the overdue money that is not expected
-- within 30 days by itself; both as far as credits leave it to be collected.
with

companies as (
    select * from core.companies
),

customers as (
    select * from core.customers
),

contacts as (
    select
        *,
        nullif(trim(concat_ws(' ', given_name, family_name)), '') as contact_name,
    from staging.customers
),

open_receivables as (
    select * from core.open_receivables
),

behaviour as (
    select realm_id, root_customer_id, payer_class, settlement_count, days_late_weighted
    from marts.customer_payment_behaviour
    where level = 'family' and period = 'all'
),

forecasts as (
    select realm_id, 'Invoice' as doc_type, invoice_id as doc_id, p_30d, p_60d, p_90d, expected_payment_date
    from marts.open_invoice_forecast
),

-- Only what is surely not chance: the whole range of the change lies below 0.
call_effects as (
    select realm_id, least(60, -incremental_change_days) as sooner_days
    from marts.conversation_effects
    where channel = 'all' and incremental_high_days < 0
),

orders_compared as (
    select realm_id, value as caught_share, baseline_value as largest_first_share
    from core.collection_scores
),

charges as (
    select
        open_receivables.*,
        open_home > 0 and days_past_due > 0 as is_overdue,
        open_home * (1 - coalesce(p_30d, 0)::decimal(20, 6)) as unexpected_amount,
        -- A call makes 30 days out of as many more: between the chances at 30, 60 and 90 days lie straight lines.
        if(
            sooner_days <= 30,
            (p_60d - p_30d) * sooner_days / 30,
            p_60d - p_30d + (p_90d - p_60d) * (sooner_days - 30) / 30
        ) as p_gained,
        open_home * coalesce(p_gained, 0)::decimal(20, 6) as gained_amount,
        expected_payment_date,
    from open_receivables
    left join forecasts using (realm_id, doc_type, doc_id)
    left join call_effects using (realm_id)
),

owing as (
    select
        realm_id,
        root_customer_id,
        sum(open_home) as net_amount,
        coalesce(-sum(open_home) filter (where open_home < 0), 0) as unapplied_credits,
        coalesce(sum(open_home) filter (where is_overdue), 0) as overdue_amount,
        count(*) filter (where is_overdue) as overdue_count,
        max(days_past_due) filter (where is_overdue) as oldest_days_past_due,
        sum(unexpected_amount) filter (where is_overdue) as unexpected_amount,
        sum(gained_amount) filter (where is_overdue) as gained_amount,
        min(expected_payment_date) filter (where is_overdue) as expected_payment_date,
    from charges
    group by all
    having net_amount > 0 and overdue_amount > 0
),

members as (
    select
        charges.realm_id,
        charges.root_customer_id,
        contacts.contact_name,
        contacts.email,
        coalesce(contacts.primary_phone, contacts.mobile) as phone,
        sum(open_home) as overdue_amount,
        charges.customer_id,
    from charges
    join contacts using (realm_id, customer_id)
    where is_overdue
    group by all
),

-- Where the root has no e-mail or phone, those of the job with most overdue.
member_contacts as (
    select
        realm_id,
        root_customer_id,
        arg_max(contact_name, (overdue_amount, customer_id)) filter (where contact_name is not null) as contact_name,
        arg_max(email, (overdue_amount, customer_id)) filter (where email is not null) as email,
        arg_max(phone, (overdue_amount, customer_id)) filter (where phone is not null) as phone,
    from members
    group by all
),

figures as (
    select
        owing.*,
        companies.company_name,
        companies.as_of_date,
        companies.home_currency,
        coalesce(customers.full_name, owing.root_customer_id) as customer_name,
        coalesce(contacts.contact_name, member_contacts.contact_name) as contact_name,
        coalesce(contacts.email, member_contacts.email) as email,
        coalesce(contacts.primary_phone, contacts.mobile, member_contacts.phone) as phone,
        least(overdue_amount, net_amount) as to_collect_amount,
        least(unexpected_amount, net_amount) as at_risk_amount,
        if(sooner_days is null, null, least(gained_amount, net_amount)) as call_gain_amount,
        caught_share,
        largest_first_share,
        coalesce(settlement_count, 0) as settlement_count,
        days_late_weighted,
        companies.grace_days,
        coalesce(payer_class, 'insufficient') as payer_class,
        case
            when days_late_weighted < 0.5 then 'pay on time'
            when days_late_weighted < 1.5 then 'pay 1 day late'
            else concat('pay ', round(days_late_weighted)::integer, ' days late')
        end as habit,
    from owing
    join companies using (realm_id)
    left join call_effects using (realm_id)
    left join orders_compared using (realm_id)
    left join behaviour using (realm_id, root_customer_id)
    left join member_contacts using (realm_id, root_customer_id)
    left join customers on customers.realm_id = owing.realm_id and customers.customer_id = owing.root_customer_id
    left join contacts on contacts.realm_id = owing.realm_id and contacts.customer_id = owing.root_customer_id
),

final as (
    select
        company_name,  -- Name of the company whose books these are.
        -- Place in the order of calls within the company; 1 comes first.
        (row_number() over (
            partition by realm_id
            order by call_gain_amount desc, at_risk_amount desc, overdue_amount desc, root_customer_id
        ))::integer as rank,
        customer_name,  -- Full name of the customer to call, which is the top of its family.
        -- Name of the customer at the top of the family, which is the customer to call.
        customer_name as root_customer_name,
        -- What the rank goes by: call effect, the money that a call brings within 30 days, where marts.conversation_effects
        -- shows that calls make families pay sooner; else unpaid amount, the overdue money not expected by itself.
        if(call_gain_amount is null, 'unpaid amount', 'call effect') as ranked_by,
        contact_name,  -- Person named on the customer, else on its job with most overdue; null when none is named.
        email,  -- Main e-mail address of the customer, else of its job with most overdue; null when there is none.
        -- Main or else mobile telephone of the customer, else of its job with most overdue; null when there is none.
        phone,
        -- Class of payer of the family by its payments and its open overdue charges so far: fast, on time, slow,
        -- insufficient or never paid.
        payer_class,
        -- Sentence that says why to call: charges overdue, their age, paying habits and whether these charges are already
        -- later than those, and credits to apply first.
        concat(
            overdue_count,
            if(overdue_count = 1, ' charge overdue, ', ' charges overdue, '),
            format('{:,.2f}', overdue_amount),
            coalesce(' ' || home_currency, ''),
            ', the oldest by ',
            oldest_days_past_due,
            if(oldest_days_past_due = 1, ' day', ' days'),
            case
                when payer_class = 'never paid' then '; has never paid'
                when settlement_count < 3 or days_late_weighted is null then '; too few payments to know the habits'
                when oldest_days_past_due > days_late_weighted + grace_days then concat('; used to ', habit, ', now later')
                else concat('; usually ', replace(habit, 'pay ', 'pays '))
            end,
            if(
                unapplied_credits > 0,
                concat('; apply ', format('{:,.2f}', unapplied_credits), ' of credits first'),
                ''
            )
        ) as reason,

        -- Day when the first of the overdue invoices is expected, if it is paid at all; null when no invoice is overdue, but
        -- other charges are.
        expected_payment_date,
        as_of_date,  -- Day at whose end the figures stand.

        -- Open charges past their due date, before credits, in home currency.
        overdue_amount::decimal(18, 2) as overdue_amount,
        -- Credits and payments that are not used up, as a positive amount in home currency.
        unapplied_credits::decimal(18, 2) as unapplied_credits,
        -- Open amount in all, due or not, less the credits, in home currency.
        net_amount::decimal(18, 2) as total_open,
        -- Overdue amount, but no more than is owed after credits, in home currency.
        to_collect_amount::decimal(18, 2) as to_collect_amount,
        -- Overdue amount times the probability of not being paid in full within 30 days, but no more than is owed after
        -- credits, in home currency; the whole overdue amount where there is no forecast.
        round(at_risk_amount, 2)::decimal(18, 2) as at_risk_amount,
        -- Money that a call brings within 30 days beyond what comes by itself, in home currency: the overdue amount times
        -- what the chance gains by as many days as calls save; null where their effect is not measured.
        round(call_gain_amount, 2)::decimal(18, 2) as call_gain_amount,
        overdue_count::integer as overdue_count,  -- Number of open charges past their due date.
        -- Days since the earliest due date of the overdue charges.
        oldest_days_past_due::integer as oldest_days_past_due,
        -- Average days late of the payments so far, early ones counted as 0, weighted by money; null without payments.
        days_late_weighted::double as days_late_weighted,
        -- Number of payments against invoices behind the average days late.
        settlement_count::integer as settlement_count,
        -- How well an order by unpaid amount did 90 days ago: of the overdue money that was unpaid 30 days later, the share
        -- that stood with its first ten families, 0 to 1; null below eleven overdue families or without a forecast.
        caught_share,
        -- How well calling who owes most first would have done: the share of that money with the ten families who had most
        -- overdue, 0 to 1; null below eleven overdue families or without a forecast.
        largest_first_share as largest_first_caught_share,

        realm_id,  -- QuickBooks id of the company (realm).
        root_customer_id as customer_id,  -- QuickBooks id of the customer to call, which is the top of its family.
    from figures
)

select * from final
