"""What happens at the companies: how they begin, the business of each day, and what goes wrong in it."""
