"""The data folder, its settings and its warehouse."""
