"""The built-in venue: real quotes, simulated executions, no money."""

from tradewire.sim.account import HeldPosition, PaperState
from tradewire.sim.exchange import Exchange as PaperExchange
from tradewire.venues.paper.config import Config
from tradewire.venues.paper.venue import PaperVenue

__all__ = ["Config", "HeldPosition", "PaperExchange", "PaperState", "PaperVenue"]
