"""What is asked of QuickBooks and of the warehouse, and what it costs."""
