"""Signals on history: stored messages replayed through parsing, routing and risk, and what came of each channel."""
