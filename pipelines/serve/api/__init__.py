"""The published file, read over HTTP."""
