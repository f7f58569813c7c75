"""Sweeps: many combinations of parameters on one history, and how far the best of them can be believed."""
