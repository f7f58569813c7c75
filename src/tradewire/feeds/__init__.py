"""Plug-ins that deliver prices: one folder a feed."""
