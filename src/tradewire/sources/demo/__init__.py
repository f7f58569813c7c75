"""Built-in signals on the built-in market, so that a new hub shows at once what it does."""

from tradewire.ports import Kind, Manifest, loads_when_asked

MANIFEST = Manifest(
    id="demo",
    kind=Kind.SOURCE,
    title="Demo",
    summary="Says a made-up command every few seconds, for one paper account.",
    docs="plugins.md#demo",
)

__getattr__ = loads_when_asked(__name__, {"Config": "source", "DemoSource": "source", "check": "checking"})
