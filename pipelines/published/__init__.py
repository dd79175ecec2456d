"""The file that people open: published, withheld, rolled back, backed up."""
