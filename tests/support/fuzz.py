"""Asks a server everything that its own description allows, and much that it does not."""

from __future__ import annotations

import re
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from requests.auth import AuthBase
from schemathesis import GenerationMode

from pipelines.serve.webhooks.events import HEADER, sign
from tests.support.running import TOKEN, Running

REALM = "9130350000000001"


class Signing(AuthBase):
    """Signs every body as QuickBooks does."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        body = request.body or b""
        request.headers[HEADER] = sign(body.encode() if isinstance(body, str) else body, TOKEN)
        return request


def operations(server: Running) -> dict[str, Any]:
    """What the description names, by method and path."""
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    operations = [one.ok() for one in schema.get_all_operations()]
    return {f"{one.method.upper()} {one.path}": one for one in operations}


def fuzz(
    server: Running, operation: Any, *, examples: int, number: int = 1, allowed: bool = True
) -> list[int]:
    """Statuses of that many answers; raises where one is not what the description says, or an error of the server.

    What is not `allowed` has to be refused.
    """
    statuses = []
    mode = GenerationMode.POSITIVE if allowed else GenerationMode.NEGATIVE
    key = {"Authorization": f"Bearer {server.key}"}

    def ask(case: Any) -> None:
        if re.fullmatch("[0-9]{1,32}", str((case.query or {}).get("realm_id", ""))):
            case.query["realm_id"] = REALM  # one that is there, or there would be little to ask
        if allowed and "customer_id" in (case.path_parameters or {}) and len(statuses) % 2:
            case.path_parameters["customer_id"] = "1"
        with requests.Session() as session:
            session.auth = Signing()
            response = case.call(session=session, headers=key, allow_redirects=False)
        statuses.append(response.status_code)
        case.validate_response(response, headers=key)

    bounded = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    seed(number)(bounded(given(case=operation.as_strategy(generation_mode=mode))(ask)))()
    return statuses
