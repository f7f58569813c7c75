"""Writes notices into the hub's own log."""

from tradewire.ports import Kind, Manifest, loads_when_asked

MANIFEST = Manifest(
    id="log",
    kind=Kind.NOTIFIER,
    title="Log",
    summary="Writes each notice as one line into the hub's own log.",
    docs="plugins.md#log",
)

__getattr__ = loads_when_asked(__name__, {"Config": "notifier", "LogNotifier": "notifier", "check": "checking"})
