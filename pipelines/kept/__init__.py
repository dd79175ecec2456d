"""What is kept for a bad day: backups, and the files published before."""
