"""What the parts of one server share."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import Request

from pipelines.connect.companies import ReadCompanies
from pipelines.serve.access.callers import Access
from pipelines.serve.browser.embedded_company import EmbeddedCompanyOnDemand
from pipelines.serve.browser.sign_ins import SignIns
from pipelines.serve.webhooks.inbox import Inbox
from pipelines.serve.webhooks.worker import Worker
from pipelines.workspace.home import Home
from pipelines.workspace.settings import Settings


@dataclass(frozen=True)
class Serving:
    """One data folder, its settings, and what works on them while the server is up."""

    home: Home
    settings: Settings
    inbox: Inbox
    worker: Worker
    access: Access
    known: ReadCompanies
    emulator: EmbeddedCompanyOnDemand
    sign_ins: SignIns = field(default_factory=SignIns)


def serving_of(request: Request) -> Serving:
    """What answers this request."""
    serving: Serving = request.app.state.serving
    return serving
