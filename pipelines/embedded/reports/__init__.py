"""The reports, read off the books."""
