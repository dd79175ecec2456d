"""What QuickBooks notifies us of, kept until a run has seen to it."""
