"""What the addresses answer: sign-in, queries, change data capture, batches, reports and reads."""
