"""A run over some companies, from extraction to publishing."""
