"""Built-in signals on the built-in market, so that a new hub shows at once what it does."""

from tradewire.sources.demo.source import Config, DemoSource

__all__ = ["Config", "DemoSource"]
