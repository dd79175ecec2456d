"""Builds staging, core and marts out of raw."""
