"""Prices from files, at any speed."""

from tradewire.ports import Kind, Manifest, loads_when_asked

MANIFEST = Manifest(
    id="replay",
    kind=Kind.FEED,
    title="Replay",
    summary="Plays recorded ticks or bars from CSV, Parquet or Feather files at any speed.",
    docs="plugins.md#replay",
)

__getattr__ = loads_when_asked(
    __name__,
    {"Config": "config", "Listing": "config", "Recording": "config", "ReplayQuotes": "quotes", "check": "checking"},
)
