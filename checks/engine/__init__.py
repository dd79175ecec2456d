"""Great Expectations, fenced in."""
