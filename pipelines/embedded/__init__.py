"""The embedded company: QuickBooks on loopback, over books of its own."""

from .api.server import EmbeddedServer
from .world import World

__all__ = ["EmbeddedServer", "World"]
