"""Entry strategies: pure functions of bars."""
