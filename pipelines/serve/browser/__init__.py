"""The pages that `quickduck serve` shows to people."""
