"""A parameter that an endpoint does not take is refused: an answer to another question would look right."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from pipelines.serve.access.refusals import Refused


def require_known_parameters(request: Request) -> None:
    """Raises Refused for a parameter given twice, or one that this endpoint does not take, with the nearest it does."""
    names = [name for name, _ in request.query_params.multi_items()]
    if len(names) > len(set(names)):
        raise Refused(422, "A parameter was given twice: which one is meant is not to be guessed.")
    route = request.scope["route"]
    taken = list(dict.fromkeys(_taken(route.dependant))) if isinstance(route, APIRoute) else []
    for name in names:
        if name not in taken:
            near = get_close_matches(name, taken, n=1, cutoff=0.6) or [
                one for one in taken if name and (one.startswith(name) or one in name)
            ]
            meant = f" Did you mean {near[0]}?" if near else ""
            takes = f"It takes {', '.join(taken)}." if taken else "It takes none."
            raise Refused(422, f"{route.path} takes no parameter {name[:100]!r}.{meant} {takes}")


def _taken(dependant: Dependant) -> Iterator[str]:
    """The parameters that an endpoint and what it depends on take in its address."""
    for part in dependant.dependencies:
        yield from _taken(part)
    for field in dependant.query_params:
        yield field.alias
