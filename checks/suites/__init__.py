"""Expectation suites: one per published table, one for sync accuracy, one per tie-out, one for identities."""
