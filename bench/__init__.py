"""Measures what must be fast: `make bench`. How each figure is taken: docs/performance.md."""
