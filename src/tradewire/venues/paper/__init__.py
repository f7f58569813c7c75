"""The built-in venue: real quotes, simulated executions, no money."""

from tradewire.ports import Kind, Manifest, loads_when_asked

MANIFEST = Manifest(
    id="paper",
    kind=Kind.VENUE,
    title="Paper",
    summary="Fills orders at the prices of your feeds, with fees, slippage and margin, and without money.",
    docs="plugins.md#paper",
)

__getattr__ = loads_when_asked(__name__, {"Config": "config", "PaperVenue": "venue", "check": "checking"})
