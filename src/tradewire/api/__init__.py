"""The HTTP side of the hub: hooks in, queries and commands, the event stream, the dashboard's files."""
