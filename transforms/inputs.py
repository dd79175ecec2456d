"""What the marts take besides the books: settings of the company's own."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Inputs:
    """Settings that marts depend on.

    `high_value_annual_revenue` makes every customer with at least so much net revenue in 365 days one of high value,
    in home currency. `group_by_estimate` counts the invoices of one estimate as one order.
    """

    high_value_annual_revenue: Decimal | None = None
    group_by_estimate: bool = False

    def write(self, connection: DuckDBPyConnection) -> None:
        """Puts them where the SQL finds them: one row in `build.settings`."""
        connection.execute(
            """create or replace table build.settings as
            select ?::decimal(18, 2) as high_value_annual_revenue, ?::boolean as group_by_estimate""",
            [self.high_value_annual_revenue, self.group_by_estimate],
        )


NOTHING_GIVEN = Inputs()
