"""Plug-ins that tell a person: one folder a notifier."""
