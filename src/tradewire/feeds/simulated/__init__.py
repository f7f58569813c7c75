"""The built-in market: prices without an account, a key or a network."""

from tradewire.feeds.simulated.quotes import Config, SimulatedQuotes

__all__ = ["Config", "SimulatedQuotes"]
