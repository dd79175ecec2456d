-- Who bought in 365 days in families of several customers: the customers, jobs and sub-customers, the most revenue first.
select
    root_customer_id,
    customer_id,
    customer_name,
    net_revenue,
    orders,
from marts.customer_segments
where realm_id = $realm and level = 'customer' and net_revenue <> 0 and root_customer_id in (
    select root_customer_id from marts.customer_segments
    where realm_id = $realm and level = 'customer'
    group by root_customer_id
    having count(*) > 1
)
order by net_revenue desc, customer_id
