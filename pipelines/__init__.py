"""QuickBooks Online to raw: the dlt source, its client, sign-in, the embedded company and the nightly run."""
