"""The embedded company: QuickBooks on loopback, over books of its own."""

from pipelines.embedded.server import EmbeddedServer
from pipelines.embedded.world import World

__all__ = ["EmbeddedServer", "World"]
