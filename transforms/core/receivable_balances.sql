-- One row per open item and day on which its open amount changed: what was open of each receivable from which
-- day on, up to the run's date.
with

companies as (
    select * from core.companies
),

receivables as (
    select * from core.receivables
),

movements as (
    select * from core.receivable_movements
),

changes as (
    select
        realm_id,
        doc_type,
        doc_id,
        line_no,
        customer_id,
        movement_date,
        sum(amount)::decimal(18, 2) as change_amount,
    from movements
    join companies using (realm_id)
    where movement_date <= as_of_date
    group by all
    having change_amount <> 0
),

steps as (
    select
        *,
        (sum(change_amount) over document)::decimal(18, 2) as open_amount,
        lead(movement_date) over document as until_date,
    from changes
    window document as (partition by realm_id, doc_type, doc_id, line_no order by movement_date)
),

valued as (
    select
        steps.*,
        due_date,
        root_customer_id,
        (open_amount - change_amount)::decimal(18, 2) as amount_before,
        if(exchange_rate = 1, open_amount, round(open_amount * exchange_rate, 2)) as open_home,
        if(exchange_rate = 1, amount_before, round(amount_before * exchange_rate, 2)) as home_before,
    from steps
    join receivables using (realm_id, doc_type, doc_id, line_no, customer_id)
),

final as (
    select
        doc_type,  -- Type of the document, such as Invoice, CreditMemo, Payment or JournalEntry.
        line_no,  -- Position of the line in its document; 0 for what posts as a whole.

        movement_date as from_date,  -- Day at whose end this amount was open first.
        -- Day of the next change, at whose end this amount was open no more; null for what is open on the run's date.
        until_date,
        -- Due date of an invoice: as stated, else its date plus the days of its terms, else its date; of another
        -- document its date.
        due_date,

        open_amount,  -- Amount open from that day on, in the document's currency; negative for credits, 0 once closed.
        -- Amount open from that day on, in home currency at the document's rate; negative for credits, 0 once closed.
        open_home::decimal(18, 2) as open_home,
        -- Change of the open amount on that day, in home currency at the document's rate.
        (open_home - home_before)::decimal(18, 2) as change_home,

        realm_id,  -- QuickBooks id of the company (realm).
        doc_id,  -- QuickBooks id of the document.
        customer_id,  -- QuickBooks id of the customer the amount stands with.
        -- QuickBooks id of the customer at the top of the family: the customer itself where it has no parent.
        root_customer_id,
    from valued
)

select * from final
