"""Webhooks over a socket: which are accepted, stored, and answered how."""

from __future__ import annotations

import logging
import socket
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.base.errors import ConfigurationError
from pipelines.serve.webhooks.events import Event
from pipelines.serve.webhooks.inbox import Inbox
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Environment, Settings
from tests.support.running import Running, cloud, legacy, running, wait_for

REALM, OTHER = "9130350000000001", "9130350000000002"


def waiting(server: Running) -> dict[str, int]:
    assert server.parts is not None
    return {one.realm_id: one.count for one in server.parts.inbox.pending()}


def test_both_formats_are_kept(empty: Running) -> None:
    """Both formats are kept company by company, however many one body names."""
    answers = [
        empty.notify(legacy(REALM, ("Customer", "1", "Update"), ("Invoice", "1", "Create"))),
        empty.notify([cloud(REALM, "Payment", "3", "created"), cloud(OTHER, "Bill", "1", "deleted")]),
    ]
    assert [(one.status_code, one.json()) for one in answers] == [(200, {"new": 2, "dropped": 0})] * 2
    assert waiting(empty) == {REALM: 3, OTHER: 1}


def test_a_wrong_signature_is_refused(empty: Running) -> None:
    """A missing signature, or one of another body or token, is refused, and nothing is kept."""
    body = legacy(REALM, ("Customer", "1", "Update"))
    assert [empty.notify(body, signature=one).status_code for one in ("", "x", "é", "bm8=")] == [401] * 4
    assert waiting(empty) == {}


def test_nothing_is_fine(empty: Running) -> None:
    """An empty list, with which QuickBooks tries an address, is accepted."""
    assert [empty.notify(one).status_code for one in ({"eventNotifications": []}, [])] == [200, 200]


def test_a_body_of_neither_format(empty: Running) -> None:
    """A body of neither format is refused in a sentence without a place in the code."""
    answer = empty.notify(b"{]")
    assert (answer.status_code, "no JSON" in answer.json()["error"]) == (400, True)
    assert "Traceback" not in answer.text and "File" not in answer.text


def test_duplicates_and_disorder_change_nothing(empty: Running) -> None:
    """An event in another body, format or order is kept once."""
    first = legacy(REALM, ("Invoice", "1", "Create"), ("Invoice", "2", "Create"), at="2026-11-20T18:00:00Z")
    again = [cloud(REALM, "Invoice", one, "created", time="2026-11-20T18:00:00Z") for one in ("2", "1")]
    new = [empty.notify(one).json()["new"] for one in (first, first, again)]
    assert new == [2, 0, 0]
    assert (
        empty.notify(legacy(REALM, ("Invoice", "1", "Update"), at="2026-11-20T18:00:00Z")).json()["new"] == 1
    )


def test_a_duplicate_of_what_was_read_is_still_one(tmp_path: Path) -> None:
    """A duplicate of an event that was read already costs no run."""
    body = legacy(REALM, ("Invoice", "1", "Create"))
    with running(Home(tmp_path)) as server:
        assert server.parts is not None
        server.notify(body)
        server.parts.inbox.worked(server.parts.inbox.pending(), server.parts.worker.clock())
        assert server.notify(body).json()["new"] == 0
        assert waiting(server) == {}


def test_a_duplicate_without_a_time_is_one_too(tmp_path: Path) -> None:
    """An event without a time costs no second run either, as long as the first is remembered."""
    body = cloud(REALM, "Invoice", "1", "created", time=None)
    with running(Home(tmp_path)) as server:
        assert server.parts is not None
        assert [server.notify(one).json()["new"] for one in (body, [body, body])] == [1, 0]
        server.parts.inbox.worked(server.parts.inbox.pending(), server.parts.worker.clock())
        assert server.notify(body).json()["new"] == 0
        assert server.notify(cloud(REALM, "Invoice", "1", "updated", time=None)).json()["new"] == 1


def test_an_older_file_with_duplicates_is_taken_over(tmp_path: Path) -> None:
    """An inbox from before keeps its events, and of its duplicates without a time the one that no run has read."""
    rows = [
        ("1", None, "2026-11-20"),
        ("1", None, None),
        ("2", None, None),
        ("2", None, None),
        ("1", "t", None),
    ]
    with closing(sqlite3.connect(tmp_path / "inbox")) as old, old:
        old.execute(
            """create table events (number integer primary key, realm_id text not null, entity text not null,
            id text not null, operation text not null, occurred_at text, deleted_id text, received_at text not null,
            worked_at text, unique (realm_id, entity, id, operation, occurred_at))"""
        )
        old.executemany(
            """insert into events (realm_id, entity, id, operation, occurred_at, received_at, worked_at)
            values ('7', 'Invoice', ?, 'created', ?, '2026-11-19', ?)""",
            rows,
        )
    inbox = Inbox(tmp_path / "inbox")
    try:
        assert [(one.count, one.last) for one in inbox.pending()] == [(3, 5)]
        again = [Event("7", "Invoice", id, "created") for id in ("1", "2", "3")]
        assert inbox.put(again, datetime(2026, 11, 21, tzinfo=UTC)).result() == 1
    finally:
        inbox.close()


def test_strangers_are_dropped_and_said(empty: Running, caplog: pytest.LogCaptureFixture) -> None:
    """Events of an unknown company or entity are dropped and reported."""
    with caplog.at_level(logging.WARNING, "pipelines.serve"):
        answer = empty.notify(
            [cloud("666", "Invoice", "1", "created"), cloud(REALM, "Pledge", "1", "created")]
        )
    assert (answer.status_code, answer.json()) == (200, {"new": 0, "dropped": 2})
    assert waiting(empty) == {}
    assert "company 666, which is not connected here" in caplog.text and "'pledge'" in caplog.text


def test_a_body_that_is_too_long(empty: Running) -> None:
    """A body that is too long is not read to its end, whatever its signature."""
    assert empty.notify(b" " * (8 * 1024 * 1024 + 1)).status_code == 413


def test_without_a_token_nobody_is_believed(tmp_path: Path) -> None:
    """Without a verifier token every webhook is refused, because an empty token would sign anything."""
    real = Settings(environment=Environment.PRODUCTION, realm_ids=(REALM,))
    with running(Home(tmp_path), real) as server:
        answer = server.notify([], signature="")
        assert (answer.status_code, "webhook_verifier_token" in answer.json()["error"]) == (503, True)
    with running(Home(tmp_path), replace(real, webhook_verifier_token="embedded-verifier-token")) as server:
        assert server.notify([cloud(REALM, "Bill", "1", "created")]).json()["new"] == 1


def test_a_disk_that_takes_nothing(empty: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event that the disk refuses is not answered 200, so QuickBooks sends it again and it is kept."""
    assert empty.parts is not None
    connection = empty.parts.inbox._connection
    connection.execute("pragma max_page_count = 1")
    connection.execute("pragma query_only = true")
    body: Any = legacy(REALM, ("Invoice", "1", "Create"))
    answer = empty.notify(body)
    assert (answer.status_code, "send it again" in answer.json()["error"]) == (503, True)
    connection.execute("pragma query_only = false")
    assert empty.notify(body).json()["new"] == 1


def test_one_server_a_folder(empty: Running) -> None:
    """A second server on one folder is refused, because each would begin runs."""
    assert empty.parts is not None
    with pytest.raises(ConfigurationError, match="another `quickduck serve`"):
        Inbox(empty.parts.home.webhooks)


def test_a_file_that_is_no_inbox(tmp_path: Path) -> None:
    """A file that is no inbox is an error that says to move it away."""
    file = tmp_path / "webhooks.sqlite"
    file.write_bytes(b"no database at all, but long enough to be looked at" * 50)
    with pytest.raises(ConfigurationError, match="Move it away"):
        Inbox(file)


def test_headers_of_safety(empty: Running) -> None:
    """Every answer has the headers of safety, refusals included."""
    answers = [empty.notify([]), empty.get("/nowhere"), empty.get("/webhooks/quickbooks")]
    assert [one.status_code for one in answers] == [200, 404, 405]
    for one in answers:
        assert one.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in one.headers["Content-Security-Policy"]
        assert "server" not in one.headers


def test_a_body_that_is_cut_off(empty: Running, caplog: pytest.LogCaptureFixture) -> None:
    """A sender that leaves in the middle of a body causes no error, and the next one is accepted."""
    port = int(empty.url.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port)) as sender:
        sender.sendall(
            b"POST /webhooks/quickbooks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n[{"
        )
    assert empty.notify([]).status_code == 200
    wait_for(lambda: empty.get("/nowhere").status_code == 404)
    assert "Traceback" not in caplog.text and not [one for one in caplog.records if one.levelname == "ERROR"]
