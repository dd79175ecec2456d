"""The file people open: what goes into it, what is withheld, and how it takes its place."""
