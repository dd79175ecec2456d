"""The application: its parts put together for one data folder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from pipelines.connect.companies import ReadCompanies
from pipelines.connect.emulator import served_at
from pipelines.serve.access import refusals
from pipelines.serve.access.callers import Access, Rate
from pipelines.serve.access.keys import Keys
from pipelines.serve.access.refusals import SafeHeaders
from pipelines.serve.api import reads
from pipelines.serve.browser import connect, pages
from pipelines.serve.browser.embedded_company import EmbeddedCompanyOnDemand
from pipelines.serve.serving import Serving
from pipelines.serve.webhooks import receiver as webhooks
from pipelines.serve.webhooks.child_run import Runs
from pipelines.serve.webhooks.inbox import Inbox
from pipelines.serve.webhooks.worker import Pace, Run, Worker
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Environment, Settings

READS_A_MINUTE = 600
WRONG_KEYS_A_MINUTE = 30
MOST_BYTES = 64 * 1024
NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False}
"""The address that a sign-in comes back to holds its code, and a span would tell it to whatever collects."""


def make_app(
    home: Home,
    settings: Settings,
    *,
    run: Run | None = None,
    pace: Pace | None = None,
    reads_a_minute: float = READS_A_MINUTE,
    wrong_keys_a_minute: float = WRONG_KEYS_A_MINUTE,
    began: Callable[[Serving], None] = lambda serving: None,
) -> FastAPI:
    """The server's app; the inbox is opened and the worker at work for as long as it is up.

    Raises ConfigurationError where another server has the folder.
    """
    if settings.environment is Environment.EMBEDDED:
        settings = served_at(settings, settings.api_url)
    runs = Runs(home)
    inbox = Inbox(home.webhooks)
    serving = Serving(
        home,
        settings,
        inbox,
        Worker(inbox, run or runs.run, pace or Pace()),
        Access(Keys(home), Rate(reads_a_minute), Rate(wrong_keys_a_minute)),
        ReadCompanies(home, settings),
        EmbeddedCompanyOnDemand(home),
    )

    @asynccontextmanager
    async def working(app: FastAPI) -> AsyncIterator[None]:
        serving.worker.start()
        began(serving)
        try:
            yield
        finally:
            runs.end()
            serving.worker.stop()
            inbox.close()
            serving.emulator.close()

    app = FastAPI(
        title="quickduck",
        summary="What was published of the books, webhooks in, and sign-in.",
        docs_url=None,  # their scripts come from elsewhere; /openapi.json is read by any tool
        redoc_url=None,
        max_body_size=MOST_BYTES,
        telemetry=NO_TELEMETRY,
        lifespan=working,
    )
    app.state.serving = serving
    app.add_middleware(SafeHeaders)
    refusals.add_to(app)
    for part in (pages, connect, webhooks, reads):
        app.include_router(part.router)
    return app
