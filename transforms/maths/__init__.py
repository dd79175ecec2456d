"""The statistics that SQL cannot express."""
