"""Ours beside theirs."""
