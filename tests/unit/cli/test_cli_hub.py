"""Commands against a real hub: what they print, and how they end."""

from __future__ import annotations

import json
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_the_way_to_the_hub_is_closed_to_other_users(hub: Path) -> None:
    assert stat.S_IMODE((hub / "hub.json").stat().st_mode) == 0o600


def test_a_command_prints_its_trace_from_the_message_to_the_fill(at_hub: Run) -> None:
    done = at_hub("send", "buy btc 80 -tsl 2.8")
    assert done.returncode == 0, done.stderr
    for stage in ("received", "read", "routed", "approved", "submitting", "filled"):
        assert f" {stage} " in done.stdout


def test_words_need_no_quotes(at_hub: Run) -> None:
    done = at_hub("send", "--json", "buy", "eth", "90", "-tsl", "2.8", "-e", "paper")
    assert done.returncode == 0, done.stderr
    story = json.loads(done.stdout)
    assert [signal["symbol"] for signal in story["signals"]] == ["ETHUSDT"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("buy nosuchthing 80", "unknown_symbol"),
        ("buy btc 80 -sl 99999999", "stop"),
        ("bux btc 80", "did you mean 'buy'"),
        ("close sol", "nothing_to_close"),
    ],
)
def test_a_refusal_says_why_and_ends_with_1(at_hub: Run, text: str, why: str) -> None:
    done = at_hub("send", text)
    assert done.returncode == 1
    assert why in done.stdout


def test_the_same_message_id_is_done_once(at_hub: Run) -> None:
    first, second = (json.loads(at_hub("send", "--message-id", "m-1", "--json", "buy sol 70").stdout) for _ in range(2))
    assert (first["duplicate"], second["duplicate"]) == (False, True)
    assert first["message_id"] == second["message_id"]


def test_a_preview_shows_the_orders_and_does_nothing(at_hub: Run) -> None:
    before = json.loads(at_hub("orders", "--json", "--limit", "1000").stdout)
    done = at_hub("preview", "buy btc 80 -sl 2%", "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["accounts"][0]["orders"]
    assert json.loads(at_hub("orders", "--json", "--limit", "1000").stdout) == before


def test_a_preview_of_what_would_be_refused_ends_with_1_and_points_at_the_word(at_hub: Run) -> None:
    done = at_hub("preview", "buy btc 80 -tzl 2")
    assert done.returncode == 1
    assert "  buy btc 80 -tzl 2\n             ^" in done.stdout


@pytest.mark.parametrize(
    ("list_name", "key"),
    [
        ("status", "equity"),
        ("signals", "message_id"),
        ("orders", "client_order_id"),
        ("trades", "entry_price"),
        ("positions", "average_price"),
    ],
)
def test_lists_as_json_are_one_array_with_the_keys_of_the_api(at_hub: Run, list_name: str, key: str) -> None:
    at_hub("send", "buy btc 80")
    done = at_hub(list_name, "--json")
    rows = json.loads(done.stdout)
    assert done.returncode == 0
    assert rows
    assert all(key in row for row in rows)


@pytest.mark.parametrize("list_name", ["status", "signals", "orders", "trades", "positions"])
def test_lists_are_readable_without_json(at_hub: Run, list_name: str) -> None:
    done = at_hub(list_name)
    assert done.returncode == 0
    assert done.stdout.strip()
    assert max(map(len, done.stdout.splitlines())) < 400


def test_an_open_trade_shows_its_stop(at_hub: Run) -> None:
    at_hub("send", "buy btc 80 -sl 5%")
    rows = json.loads(at_hub("trades", "--open", "--json").stdout)
    assert any(row["stop"] is not None for row in rows)


def test_a_new_hook_takes_a_signal(at_hub: Run) -> None:
    url = at_hub("hooks", "add", "alerts", "--account", "paper").stdout.strip()
    answer = httpx.post(url, content="buy btc 60", headers={"Content-Type": "text/plain"}, trust_env=False)
    assert answer.is_success
    listed = json.loads(at_hub("hooks", "list", "--json").stdout)
    assert [(hook["name"], hook["account"]) for hook in listed] == [("alerts", "paper")]
    assert url not in at_hub("hooks", "list").stdout


def test_halt_stops_entries_and_resume_allows_them(at_hub: Run) -> None:
    assert at_hub("halt").returncode == 0
    try:
        refused = at_hub("send", "buy btc 80")
        assert refused.returncode == 1
        assert "halted" in refused.stdout
    finally:
        assert at_hub("resume").returncode == 0
    assert at_hub("send", "buy btc 80").returncode == 0


def test_flatten_says_flat_only_when_the_venue_shows_it(at_hub: Run) -> None:
    at_hub("send", "buy btc 80")
    done = at_hub("flatten", "--json")
    try:
        assert done.returncode == 0
        assert [(result["account"], result["flat"]) for result in json.loads(done.stdout)] == [("paper", True)]
        assert json.loads(at_hub("trades", "--open", "--json").stdout) == []
    finally:
        at_hub("resume")


@pytest.mark.parametrize(
    "arguments",
    [("send", "buy btc 80", "--account", "nobody"), ("hooks", "add", "Bad Name"), ("orders", "--status", "x")],
)
def test_what_the_hub_refuses_is_a_sentence_and_1(at_hub: Run, arguments: tuple[str, ...]) -> None:
    done = at_hub(*arguments)
    assert done.returncode == 1
    assert done.stderr.startswith("tradewire: ")
    assert "Traceback" not in done.stderr


def test_the_books_are_in_order_while_the_hub_runs(at_hub: Run, tmp_path: Path) -> None:
    assert at_hub("verify").returncode == 0
    done = at_hub("backup", str(tmp_path / "copy.db"), "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["rows"] > 0
    again = at_hub("backup", str(tmp_path / "copy.db"))
    assert (again.returncode, "exists already" in again.stderr) == (1, True)


def test_nothing_is_restored_under_a_running_hub(at_hub: Run, tmp_path: Path) -> None:
    done = at_hub("restore", str(tmp_path / "x"))
    assert done.returncode == 1
    assert "stop it first" in done.stderr


def test_a_second_hub_on_the_same_directory_is_refused(process: Run, hub: Path) -> None:
    done = process("run", "--data", str(hub), "--port", "0")
    assert done.returncode == 1
    assert "runs on" in done.stderr
