"""What we hold: raw, staging and receivables, by a route of their own."""
