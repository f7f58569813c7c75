"""Posts notices as JSON to an address of the owner's choice."""

from tradewire.ports import Kind, Manifest, loads_when_asked

MANIFEST = Manifest(
    id="webhook",
    kind=Kind.NOTIFIER,
    title="Webhook",
    summary="Posts each notice as JSON to an address of yours.",
    docs="plugins.md#webhook",
    network=True,
    secrets=True,
)

__getattr__ = loads_when_asked(__name__, {"Config": "notifier", "WebhookNotifier": "notifier", "check": "checking"})
