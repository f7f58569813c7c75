"""The built-in market: prices without an account, a key or a network."""

from tradewire.ports import Kind, Manifest, loads_when_asked

MANIFEST = Manifest(
    id="simulated",
    kind=Kind.FEED,
    title="Simulated market",
    summary="Makes up prices of currencies, gold, an index, crypto and stocks, the same ones for the same seed.",
    docs="plugins.md#simulated",
)

__getattr__ = loads_when_asked(__name__, {"Config": "quotes", "SimulatedQuotes": "quotes", "check": "checking"})
