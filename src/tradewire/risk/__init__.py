"""Sizing, default exits and limits: every signal is approved, or refused with a reason."""
