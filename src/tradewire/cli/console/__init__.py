"""The keyboard service: a line with history and completion, live events above it."""
