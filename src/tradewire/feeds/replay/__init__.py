"""Prices from files, at any speed."""

from tradewire.feeds.replay.config import Config, Listing, Recording
from tradewire.feeds.replay.quotes import ReplayQuotes

__all__ = ["Config", "Listing", "Recording", "ReplayQuotes"]
