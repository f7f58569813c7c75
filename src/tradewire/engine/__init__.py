"""The desks, the journal's one writer, dispatch and recovery."""
