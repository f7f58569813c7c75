"""Indicators and the regime of a market."""
