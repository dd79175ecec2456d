"""The three numbers a run ends with: owed to us, overdue, collected; a question put to the published file."""

from __future__ import annotations

HEADLINE = """
select
    companies.*,
    coalesce(sum(aging.total_open), 0) as total_open,
    coalesce(sum(aging.overdue_amount), 0) as overdue,
    (
        select coalesce(sum(settlements.cash_amount), 0)
        from core.invoice_settlements as settlements
        where settlements.realm_id = companies.realm_id
            and settlements.payment_date > companies.as_of_date - 30
            and settlements.payment_date <= companies.as_of_date
    ) as collected
from core.companies as companies
left join marts.ar_aging_by_customer as aging using (realm_id)
where companies.realm_id = $realm
group by all
"""
