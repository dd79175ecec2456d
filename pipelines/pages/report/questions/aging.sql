-- What is owed, by how long it is overdue; `charges_d91_plus` before credits, as `overdue_amount` is. One row.
select
    count(*) filter (total_open <> 0) as customers,
    count(*) filter (overdue_amount > 0) as overdue_customers,
    coalesce(sum(current), 0) as current,
    coalesce(sum(d1_30), 0) as d1_30,
    coalesce(sum(d31_60), 0) as d31_60,
    coalesce(sum(d61_90), 0) as d61_90,
    coalesce(sum(d91_plus), 0) as d91_plus,
    coalesce(sum(total_open), 0) as total_open,
    coalesce(sum(overdue_amount), 0) as overdue_amount,
    coalesce(sum(unapplied_credits), 0) as unapplied_credits,
    coalesce(sum(d91_plus_charges_amount), 0) as charges_d91_plus,
from marts.ar_aging_by_customer
where realm_id = $realm
