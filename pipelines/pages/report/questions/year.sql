-- Revenue of the last 365 days, and of the 365 before where the books go back almost that far. One row.
select
    sum(net_home) filter (txn_date > as_of_date - 365) as this_year,
    if(
        min(txn_date) <= max(as_of_date) - 700,
        sum(net_home) filter (txn_date <= as_of_date - 365 and txn_date > as_of_date - 730),
        null
    ) as year_before,
from core.sales_lines
join core.companies using (realm_id)
where realm_id = $realm and txn_date <= as_of_date and is_revenue
