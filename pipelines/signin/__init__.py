"""Sign-in with Intuit: OAuth 2.0, and how long it lasts."""
