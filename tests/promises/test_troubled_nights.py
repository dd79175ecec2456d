"""What goes wrong on the way to QuickBooks, met by a whole extraction: it heals, or ends and says why."""

from __future__ import annotations

import pytest

from pipelines.embedded.life.business import advance
from pipelines.workspace.exits import Exit
from tests.support.harness import Installation
from tests.support.nights import PASSING

pytestmark = pytest.mark.survives("Faults, through a whole extraction")

ADVICE = {
    "403": "Keys, environment and company do not fit",
    "401": "quickduck login",
    "401_xml": "quickduck login",
    "429": "run again in a few minutes",
    "fault": "renew it in QuickBooks",
    "lowercase": "renew it in QuickBooks",
    "fault200": "run again later",
    "500": "run again later",
    "503": "run again later",
    "504": "run again later",
    "502": "run again",
    "reset": "run again",
    "lost": "run again",
    "truncated": "run again",
    "cut_json": "Run again",
    "empty": "Run again",
    "maintenance": "Run again",
    "xml": "Run again",
    "batch_item": "run again later",
}
"""What each lasting trouble tells people to do."""


TOGETHER = [PASSING[start : start + 3] for start in range(0, len(PASSING), 3)]


@pytest.mark.parametrize("kinds", TOGETHER, ids=" ".join)
def test_passing_trouble_heals_within_the_night(copied: Installation, kinds: tuple[str, ...]) -> None:
    """Three kinds in one night, a request apart: nobody notices, and the copy is exact."""
    realm_id = copied.realm_ids[1]
    company = copied.server.world.companies[realm_id]
    advance(company, 3)
    company.merge(*[found["Id"] for found in company.objects("Customer") if found["Active"]][-2:])
    faults = copied.server.faults
    scripted = [faults.add(kind, after=2 * place) for place, kind in enumerate(kinds)]  # type: ignore[arg-type]
    assert copied.night(realm_id, steps=["extract"]) is Exit.PUBLISHED, copied.findings()
    assert copied.differences(realm_id) == []
    assert all(fault.fired for fault in scripted)


def test_lasting_trouble_ends_in_a_sentence(copied: Installation) -> None:
    """It names company, request, answer, trace and what to do; the books wait for the night that it is gone."""
    realm_id = copied.realm_ids[1]
    advance(copied.server.world.companies[realm_id], 1)
    for kind, advice in ADVICE.items():
        code = "6190" if kind in ("fault", "lowercase") else "10000"
        path = "batch" if kind == "batch_item" else "/v3/"
        copied.server.faults.add(kind, path, times=None, code=code)  # type: ignore[arg-type]
        exit = copied.night(realm_id, steps=["extract"])
        assert exit is (Exit.SIGN_IN_NEEDED if kind.startswith("401") else Exit.FAILED), kind
        (said,) = copied.findings()
        asked = "batch item SELECT" if kind == "batch_item" else "batch of"
        for part in (f"Company {realm_id}", asked, "intuit_tid", advice):
            assert part in said, f"{kind}: {said}"
        copied.server.faults.clear()
    assert copied.night(realm_id, steps=["extract"]) is Exit.PUBLISHED
    assert copied.differences(realm_id) == []
