"""The exact lane: the whole engine on history, with a clock and a loop that history moves."""
