"""What every room stands on: errors, files on disk, SQL and text."""
