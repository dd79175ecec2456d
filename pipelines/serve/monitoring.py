"""`/healthz` and `/metrics`: whether the server works and how much it does. Neither says anything of the books."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Response
from prometheus_client import CollectorRegistry, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.serve.access.known_parameters import require_known_parameters
from pipelines.serve.access.refusals import Refused
from pipelines.serve.webhooks.inbox import Inbox
from pipelines.serve.webhooks.worker import Worker
from pipelines.workspace.home import Home

FORMAT = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, eq=False)  # the registry wants it hashable
class Gauges(Collector):
    """What is looked up when somebody asks."""

    home: Home
    inbox: Inbox
    worker: Worker

    def collect(self) -> Iterator[Metric]:
        """How old the published file is, how many events wait, and how the last run for webhooks ended."""
        if self.home.analytics.exists():
            yield GaugeMetricFamily(
                "quickduck_published_timestamp_seconds",
                "When the published file was last replaced.",
                self.home.analytics.stat().st_mtime,
            )
        yield GaugeMetricFamily(
            "quickduck_webhooks_waiting",
            "Events that no run has read yet.",
            sum(one.count for one in self.inbox.pending()),
        )
        if last := self.worker.last:
            yield GaugeMetricFamily(
                "quickduck_webhook_run_ended_timestamp_seconds",
                "When the last run for webhooks ended.",
                last.ended_at.timestamp(),
            )
            yield GaugeMetricFamily(
                "quickduck_webhook_run_exit_code",
                "Greatest exit code among the companies of the last run for webhooks; 0 all published.",
                max(last.exit_codes.values(), default=0),
            )


class Monitoring:
    """The endpoints, and the middleware that times every answer."""

    def __init__(self, home: Home, inbox: Inbox, worker: Worker) -> None:
        self._inbox, self._worker = inbox, worker
        self._registry = CollectorRegistry()
        self._registry.register(Gauges(home, inbox, worker))
        ProcessCollector(registry=self._registry)
        self.answers = Histogram(
            "quickduck_answer_seconds",
            "Time from a request to its answer.",
            ["method", "path", "status"],
            registry=self._registry,
        )

    def health(self) -> Response:
        """200 where webhooks are kept and worked off, 503 where they are not."""
        try:
            self._inbox.last_received_at()
        except sqlite3.Error:
            raise Refused(503, "The inbox of webhooks cannot be read.") from None
        if not self._worker.is_alive:
            raise Refused(503, "The worker that reads for webhooks has ended: start the server again.")
        return Response('{"status":"ok"}', media_type="application/json")

    def metrics(self) -> Response:
        """Counts and times in the text format of Prometheus."""
        return Response(generate_latest(self._registry), media_type=FORMAT)


class Timed:
    """Times every answer under the path that its endpoint is declared with."""

    def __init__(self, app: ASGIApp, monitoring: Monitoring) -> None:
        self._app, self._answers = app, monitoring.answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        finally:
            path = getattr(scope.get("route"), "path", "none")
            method = scope["method"] if path != "none" else "any"
            self._answers.labels(method, path, status).observe(time.perf_counter() - began)


def make_router(monitoring: Monitoring) -> APIRouter:
    """The routes, which ask for no key."""
    router = APIRouter(
        tags=["monitoring"],
        dependencies=[Depends(require_known_parameters)],
        responses={422: {"description": "A parameter is none that is taken."}},
    )
    router.get(
        "/healthz", summary="Whether the server works", responses={503: {"description": "It does not."}}
    )(monitoring.health)
    router.get("/metrics", summary="Counts and times, for Prometheus", response_class=Response)(
        monitoring.metrics
    )
    return router
