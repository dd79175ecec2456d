"""What is unsettled about the real API: each doubt is a switch, set to the likeliest answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass
class Switches:
    """How this server behaves where sources disagree or say nothing; every field may be set while it runs.

    What a merge leaves behind is for the books to decide: `Company.merge_leaves_inactive`.

    `cdc_cap`: the 1,000 objects of a CDC answer are counted over the whole request or per entity.
    `cdc_cut`: which end of the changes is left out when there are more.
    `cdc_too_old`: `changedSince` beyond 30 days is refused with code 500, or answered.
    `cdc_inclusive`: a change at exactly `changedSince` is reported.
    `cdc_time_activity`: CDC knows TimeActivity.
    `position_zero`, `results_over`: `STARTPOSITION 0` and `MAXRESULTS` above 1,000 are corrected or refused.
    `extra_row`: entities that answer one row more than a full page of fewer than 1,000 was asked for.
    `total_count`: on entities that send it, the rows of the page or of the whole query.
    `retry_after`: seconds sent with every 429; None sends no such header, as the real service.
    `refresh_rotation`: a refresh token's value changes after 24 hours, or at every refresh.
    `refresh_grace_hours`: how long a replaced refresh token still works.
    `batch_over`: an item that would bring a batch beyond 1,000 objects is cut short, or refused with code 10100.
    `batch_order`: items are answered in the order asked, or in reverse (match them by bId).
    `latency`: seconds every answer of the API takes by the wall clock.
    `answer_seconds`: how far the company's own clock moves with every answer, so that no two bear one time.
    `custom_fields`: those beyond the three classic ones stand in answers that are asked for them, or in `all`.
    `signed_links`: attachments carry links to their file, signed anew in every answer.
    `lacking_code`: the fault for an entity that the company's edition lacks.
    """

    cdc_cap: Literal["request", "entity"] = "request"
    cdc_cut: Literal["newest", "oldest"] = "newest"
    cdc_too_old: Literal["refuse", "answer"] = "refuse"
    cdc_inclusive: bool = True
    cdc_time_activity: bool = False
    position_zero: Literal["one", "refuse"] = "one"
    results_over: Literal["cap", "refuse"] = "cap"
    extra_row: set[str] = field(default_factory=set)
    total_count: Literal["page", "query"] = "page"
    retry_after: int | None = None
    refresh_rotation: Literal["daily", "always"] = "daily"
    refresh_grace_hours: float = 0
    batch_over: Literal["cut", "refuse"] = "cut"
    batch_order: Literal["asked", "reversed"] = "asked"
    latency: float = 0
    answer_seconds: float = 0.025
    custom_fields: Literal["asked", "all"] = "asked"
    signed_links: bool = False
    lacking_code: Literal["500", "4001", "5020", "5030"] = "5030"
    status_of_code_120: Literal[401, 403] = 403
    status_of_invalid_client: Literal[400, 401] = 401
