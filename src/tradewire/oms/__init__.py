"""Orders from approval to their proven end: requests, the outcome policy, reconciliation. Pure functions."""
