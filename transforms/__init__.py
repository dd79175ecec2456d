"""raw to staging, core and marts: one SQL file per table."""
