"""`quickduck doctor`: what can keep a run from working."""
