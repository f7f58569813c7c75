"""Approved, or refused with a reason: sizing, levels and the gate, as pure functions."""
