"""What the evidence amounts to, and what to do."""
