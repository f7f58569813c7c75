"""Backtests measured beside their peers, each in an environment of its own under `.bench/`."""
