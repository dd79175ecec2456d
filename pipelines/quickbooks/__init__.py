"""QuickBooks Online as a dlt source: `quickbooks(client)` for what changed, `quickbooks_again` for rows once more.

The folder imports nothing of quickduck around it, so that a dlt project may copy it in under any name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .source import quickbooks, quickbooks_again

__all__ = ["quickbooks", "quickbooks_again"]


def __getattr__(name: str) -> object:
    """Imports dlt, which takes most of a second, only for those who ask for the source."""
    if name in __all__:
        from . import source

        return getattr(source, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
