"""Programs: grids, sequences, schedules and the like, as pure functions of what happens to a state."""
