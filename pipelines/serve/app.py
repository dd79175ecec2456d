"""The application: its parts put together for one data folder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig

from pipelines.connect.companies import ReadCompanies
from pipelines.connect.emulator import served_at
from pipelines.serve.access import refusals
from pipelines.serve.access.callers import Access
from pipelines.serve.access.refusals import SafeHeaders
from pipelines.serve.api import reads
from pipelines.serve.browser import connect, pages
from pipelines.serve.browser.connect import SignInPages
from pipelines.serve.browser.embedded_company import EmbeddedCompanyOnDemand
from pipelines.serve.browser.first_page import FirstPage
from pipelines.serve.monitoring import Monitoring, Timed
from pipelines.serve.monitoring import make_router as make_monitoring_router
from pipelines.serve.webhooks import receiver
from pipelines.serve.webhooks.inbox import Inbox
from pipelines.serve.webhooks.receiver import Receiver
from pipelines.serve.webhooks.worker import Worker
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Environment, Settings

MOST_BYTES = 64 * 1024
NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False}
"""The address that a sign-in comes back to holds its code, which a span would hand to whoever collects spans."""


def make_app(
    home: Home,
    settings: Settings,
    *,
    inbox: Inbox,
    worker: Worker,
    access: Access,
    began: Callable[[], object] = lambda: None,
) -> FastAPI:
    """The server's app: the worker is at work for as long as it is up, and the inbox is closed with it."""
    if settings.environment is Environment.EMBEDDED:
        settings = served_at(settings, settings.api_url)
    companies = ReadCompanies(home, settings)
    embedded_company = EmbeddedCompanyOnDemand(home)

    @asynccontextmanager
    async def working(app: FastAPI) -> AsyncIterator[None]:
        worker.start()
        began()
        try:
            yield
        finally:
            worker.stop()
            inbox.close()
            embedded_company.close()

    app = FastAPI(
        title="quickduck",
        summary="What was published of the books, webhooks in, and sign-in.",
        docs_url=None,  # their scripts come from elsewhere; /openapi.json is read by any tool
        redoc_url=None,
        max_body_size=MOST_BYTES,
        telemetry=NO_TELEMETRY,
        lifespan=working,
    )
    monitoring = Monitoring(home, inbox, worker)
    app.add_middleware(SafeHeaders)
    app.add_middleware(Timed, monitoring=monitoring)
    refusals.add_to(app)
    for router in (
        pages.make_router(FirstPage(home, settings, inbox, worker), access),
        connect.make_router(SignInPages(home, settings, inbox, worker.forgive, embedded_company), access),
        receiver.make_router(Receiver(inbox, companies, settings.webhook_verifier_token, worker.wake)),
        reads.make_router(home, access),
        make_monitoring_router(monitoring),
    ):
        app.include_router(router)
    return app
