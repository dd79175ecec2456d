"""What QuickBooks's own reports say."""
