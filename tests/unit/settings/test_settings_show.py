"""What is shown of a configuration holds every default and no secret."""

from __future__ import annotations

import json
from pathlib import Path

from tradewire.settings.load import loads
from tradewire.settings.schema import keys_at, schema
from tradewire.settings.show import shown

TEXT = """
server: {port: "${PORT}"}
accounts:
  main: {config: {balance: "${START:-5000}"}}
notifiers:
  phone:
    type: webhook
    config:
      url: http://127.0.0.1/S3CRET-in-the-file
      headers: {X-Key: "${KEY}"}
"""


def test_secrets_are_not_shown_and_references_stay_as_written() -> None:
    values = shown(loads(TEXT, "hub.yaml", Path("."), {"PORT": "9000", "KEY": "S3CRET-in-the-environment"}))
    text = json.dumps(values)
    assert "S3CRET" not in text
    assert values["server"]["port"] == "${PORT}"
    assert values["accounts"]["main"]["config"]["balance"] == "${START:-5000}"
    assert values["notifiers"]["phone"]["config"]["headers"] == {"X-Key": "${KEY}"}


def test_what_is_shown_can_be_read_again() -> None:
    values = shown(loads("", "hub.yaml", Path("."), {}))
    again = loads(json.dumps(values), "again.yaml", Path("."), {})
    assert shown(again) == values


def test_the_repr_of_settings_shows_no_secret() -> None:
    loaded = loads(TEXT, "hub.yaml", Path("."), {"PORT": "9000", "KEY": "S3CRET"})
    assert "S3CRET" not in repr(loaded.settings)


def test_the_schema_knows_every_section_and_forbids_others() -> None:
    document = schema()
    assert document["additionalProperties"] is False
    assert {"accounts", "routes", "risk", "server"} <= set(document["properties"])
    assert "port" in keys_at(document, ("server",))
    assert "stop" in keys_at(document, ("routes", 3, "exits"))
    assert "max_open_trades" in keys_at(document, ("risk", "anything"))
    assert keys_at(document, ("nowhere", "at", "all")) == ()
