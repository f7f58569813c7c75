"""Plug-ins that execute orders: one folder a venue."""
