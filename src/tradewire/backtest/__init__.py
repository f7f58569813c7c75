"""Backtests: the same rules on history."""
