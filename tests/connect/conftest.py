"""A company of plain rows behind a socket, and a client that is signed in to it."""

from tests.support.signed_in import *  # noqa: F403  (every fixture there is)
