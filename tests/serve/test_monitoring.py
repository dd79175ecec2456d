"""What the server says of itself to those who watch it, without a key and without books."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from tests.support.running import Running

REALM = "9130350000000001"


def test_a_server_that_works_is_healthy(empty: Running) -> None:
    """Without a key, a server whose worker is alive says that it is well, and one whose worker ended says it is not."""
    assert empty.get("/healthz", key="").json() == {"status": "ok"}
    assert empty.parts is not None
    empty.parts.worker.stop()
    answer = empty.get("/healthz", key="")
    assert (answer.status_code, "start the server again" in answer.json()["error"]) == (503, True)


def test_answers_are_counted_and_timed(empty: Running) -> None:
    """Each answer counts under the path of its endpoint and its status; ids and companies are not in it."""
    empty.get("/customers/77", realm_id=REALM)
    empty.get("/nowhere/77")
    text = empty.get("/metrics", key="").text
    families = {family.name: family for family in text_string_to_metric_families(text)}
    counted = {
        tuple(sample.labels[name] for name in ("method", "path", "status")): sample.value
        for sample in families["quickduck_answer_seconds"].samples
        if sample.name.endswith("_count")
    }
    assert counted == {("GET", "/customers/{customer_id}", "503"): 1, ("any", "none", "404"): 1}
    (waiting,) = families["quickduck_webhooks_waiting"].samples
    assert waiting.value == 0
    assert "77" not in {word for line in text.splitlines() for word in line.split('"')} and REALM not in text
