"""Expectations on the data and tie-outs against QuickBooks itself."""
