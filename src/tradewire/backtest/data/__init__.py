"""Histories on disk: reading, checking, mending, keeping and resampling them."""
