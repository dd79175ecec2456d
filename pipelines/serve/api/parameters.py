"""Parameters that several endpoints take, with their words in the description of the API."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import Depends, Query

MOST_ROWS = 1000

Realm = Annotated[str, Query(pattern="^[0-9]{1,32}$", description="Company id, as in QuickBooks.")]
Shape = Annotated[
    Literal["quickduck", "qbo"],
    Query(description="qbo: QuickBooks's own field names, under the entity's name."),
]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS)]
Offset = Annotated[int, Query(ge=0, le=10**9)]
Id = Annotated[str | None, Query(min_length=1, max_length=64, description="Only of this customer.")]
Name = Annotated[
    str | None,
    Query(min_length=1, max_length=100, description="Only where the name contains this, in any case."),
]
Text = Annotated[str | None, Query(min_length=1, max_length=100)]
From = Annotated[date | None, Query(description="Dated on this day or later.")]
To = Annotated[date | None, Query(description="Dated on this day or earlier.")]
LastDays = Annotated[
    int | None, Query(ge=1, le=36500, description="Dated in so many days up to the company's own today.")
]
Overdue = Annotated[date | None, Query(description="Only what was open past its due date on this day.")]
Balance = Annotated[
    str | None,
    Query(
        pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,2})?$",
        description="Only with at least so much open, such as 100.50.",
    ),
]


class Page:
    """Which rows of a longer answer, and in which form."""

    def __init__(
        self, realm_id: Realm, limit: Limit = 100, offset: Offset = 0, shape: Shape = "quickduck"
    ) -> None:
        self.realm_id, self.limit, self.offset, self.shape = realm_id, limit, offset, shape


Paged = Annotated[Page, Depends()]
