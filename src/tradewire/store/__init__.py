"""The journal and its projections."""
