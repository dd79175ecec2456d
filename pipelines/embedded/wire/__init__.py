"""The ground on the protocol's side: requests, answers and how values look in them; it knows no accounting."""
