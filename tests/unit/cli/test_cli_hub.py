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
        ("close aapl", "nothing_to_close"),
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


def test_send_and_preview_point_at_the_wrong_word_in_the_same_way(at_hub: Run) -> None:
    sent, previewed = at_hub("send", "buy btc 80 -tzl 2"), at_hub("preview", "buy btc 80 -tzl 2")
    assert (sent.returncode, previewed.returncode) == (1, 1)
    assert sent.stdout == previewed.stdout
    line, caret, reason, hint = sent.stdout.splitlines()
    assert (line, caret) == ("  buy btc 80 -tzl 2", "             ^")
    assert reason.startswith("'-tzl' is not understood here")
    assert hint == "did you mean '-tsl'?"


def test_the_place_in_a_text_of_several_lines_is_shown_in_its_line(at_hub: Run) -> None:
    done = at_hub("preview", "buy btc 80\nbuy eth 80\t-tzl 2")
    line, caret, *_ = done.stdout.splitlines()
    assert (line, caret) == ("  buy eth 80\t-tzl 2", " " * 12 + "\t^")


def cells(output: str) -> list[list[str]]:
    """The words of each row of a printed table, without its frame."""
    return [line.split() for line in output.splitlines() if line.startswith(" ") and line.strip("─ ")]


def test_a_preview_is_a_table_of_orders(at_hub: Run) -> None:
    done = at_hub("preview", "buy eth 500 -sl 2% -tp 3%@50%,5%")
    assert done.returncode == 0
    head, entry, stop, *targets = cells(done.stdout)
    assert head == ["leg", "side", "quantity", "symbol", "type", "price"]
    assert (entry[:2], entry[3:5]) == (["entry", "buy"], ["ETHUSDT", "market"])
    assert stop[:4] == ["stop", "sell", "all", "ETHUSDT"]
    assert [row[:2] for row in targets] == [["target", "sell"]] * 2


def test_a_preview_of_closing_names_what_would_be_sold(at_hub: Run) -> None:
    at_hub("send", "buy sol 70")
    done = at_hub("preview", "close sol")
    assert done.returncode == 0
    _, *rows = cells(done.stdout)
    assert {(row[0], row[1], row[3], row[4]) for row in rows} == {("exit", "sell", "SOLUSDT", "market")}


@pytest.mark.parametrize(
    ("list_name", "key"),
    [
        ("status", "equity"),
        ("messages", "text"),
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


@pytest.mark.parametrize("list_name", ["status", "messages", "signals", "orders", "trades", "positions"])
def test_lists_are_readable_without_json(at_hub: Run, list_name: str) -> None:
    done = at_hub(list_name)
    assert done.returncode == 0
    assert done.stdout.strip()
    assert max(map(len, done.stdout.splitlines())) < 400


def test_an_open_trade_shows_its_stop(at_hub: Run) -> None:
    at_hub("send", "buy btc 80 -sl 5%")
    rows = json.loads(at_hub("trades", "--open", "--json").stdout)
    assert any(row["stop"] is not None for row in rows)


def test_what_a_hook_sent_and_could_not_be_read_is_listed_with_the_reason(at_hub: Run) -> None:
    url = at_hub("hooks", "add", "slips").stdout.strip()
    httpx.post(url, content="byu btc 80\nand more", headers={"Content-Type": "text/plain"}, trust_env=False)
    at_hub("send", "--wait", "1", "buy btc 80")
    (row,) = json.loads(at_hub("messages", "--channel", "slips", "--json").stdout)
    assert (row["source"], row["status"], row["text"]) == ("hook", "none", "byu btc 80\nand more")
    httpx.post(url, content="byu btc 80", headers={"Content-Type": "text/plain"}, trust_env=False)
    at_hub("send", "--wait", "1", "buy btc 80")
    shown = at_hub("messages", "--status", "unclear", "--channel", "slips").stdout
    assert "did you mean 'buy'?" in shown


def test_a_price_of_an_order_and_the_stop_of_a_trade_are_in_their_tables(at_hub: Run) -> None:
    at_hub("send", "buy btc 80 -lim 60000")
    at_hub("send", "buy eth 80 -tsl 2.8")
    head, *_ = cells(at_hub("orders").stdout)
    assert " ".join(head).endswith("type limit price stop price filled average price status reason")
    (row,) = json.loads(at_hub("orders", "--symbol", "btc", "--limit", "1", "--json").stdout)
    assert row["limit_price"] in at_hub("orders", "--symbol", "btc", "--limit", "1").stdout
    trade = json.loads(at_hub("trades", "--symbol", "eth", "--limit", "1", "--json").stdout)[0]
    assert trade["initial_stop"] in at_hub("trades", "--symbol", "eth", "--limit", "1").stdout
    at_hub("send", "cancel btc")


def test_what_holds_no_command_is_told_in_a_sentence(at_hub: Run) -> None:
    done = at_hub("send", "hello there")
    assert done.returncode == 1
    assert "nothing was done: no command [none]" in done.stdout
    assert "a command begins with a verb: buy, sell" in done.stdout


@pytest.mark.parametrize(
    ("token", "code", "sentence"),
    [
        ("", 1, "wants its access key (its file access.key) in TRADEWIRE_TOKEN"),
        ("wrong", 1, "wants its access key (its file access.key) in TRADEWIRE_TOKEN"),
        ("schlüssel", 2, "TRADEWIRE_TOKEN holds letters that no access key has"),
    ],
)
def test_a_hub_elsewhere_without_its_key_is_a_sentence(
    at_hub: Run, hub: Path, monkeypatch: pytest.MonkeyPatch, token: str, code: int, sentence: str
) -> None:
    monkeypatch.setenv("TRADEWIRE_TOKEN", token)
    done = at_hub("send", "--url", json.loads((hub / "hub.json").read_text())["url"], "buy btc 80")
    assert (done.returncode, sentence in done.stderr) == (code, True)


def test_a_new_hook_takes_a_signal(at_hub: Run) -> None:
    url = at_hub("hooks", "add", "alerts", "--account", "paper").stdout.strip()
    answer = httpx.post(url, content="buy btc 60", headers={"Content-Type": "text/plain"}, trust_env=False)
    assert answer.is_success
    listed = json.loads(at_hub("hooks", "list", "--json").stdout)
    assert ("alerts", "paper") in [(hook["name"], hook["account"]) for hook in listed]
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


def test_flatten_says_that_it_halted(at_hub: Run) -> None:
    done = at_hub("flatten")
    try:
        assert "paper: flat (" in done.stdout
        assert done.stdout.rstrip().endswith("new entries are halted until `tradewire resume`")
    finally:
        at_hub("resume")


@pytest.mark.parametrize(
    "arguments",
    [
        ("send", "buy btc 80", "--account", "nobody"),
        ("trades", "--account", "nobody"),
        ("trades", "--open", "--account", "nobody"),
        ("positions", "--account", "nobody"),
    ],
)
def test_an_account_that_is_not_there_is_a_sentence_with_those_that_are_and_1(
    at_hub: Run, arguments: tuple[str, ...]
) -> None:
    done = at_hub(*arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "tradewire: there is no account 'nobody'; known: paper\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("hooks", "add", "BadName"), "name: takes small letters, digits, - and _ (40 at most)"),
        (("preview", ""), 'text: takes a command such as "buy btc 80" (4,096 characters at most)'),
        (("send", " "), 'text: takes a command such as "buy btc 80" (4,096 characters at most)'),
        (("trades", "--status", "opn"), "status: 'opn' is none of open, closing, closed; did you mean 'open'?"),
        (("signals", "--symbol", "?"), "symbol: takes a symbol such as BTCUSDT, btc or EUR/USD"),
    ],
)
def test_what_the_hub_calls_wrong_usage_is_a_sentence_and_2(
    at_hub: Run, arguments: tuple[str, ...], sentence: str
) -> None:
    done = at_hub(*arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"tradewire: {sentence}\n")


def test_open_trades_are_the_newest_and_as_many_as_asked_for(at_hub: Run) -> None:
    for _ in range(2):
        at_hub("send", "buy btc 80")
    shown, kept = (json.loads(at_hub("trades", *how, "--limit", "1", "--json").stdout) for how in (("--open",), ()))
    assert [trade["id"] for trade in shown] == [trade["id"] for trade in kept]


def test_open_trades_have_no_other_status(at_hub: Run) -> None:
    assert at_hub("trades", "--open", "--status", "closed").returncode == 2


def test_lists_take_any_name_of_a_symbol(at_hub: Run) -> None:
    at_hub("send", "buy btc 80")
    for arguments in (("trades",), ("trades", "--open"), ("orders",), ("positions",), ("signals",)):
        rows = json.loads(at_hub(*arguments, "--symbol", "btc", "--json").stdout)
        assert {row["symbol"] for row in rows} == {"BTCUSDT"}, arguments


def test_status_shows_the_hub_and_then_its_accounts(at_hub: Run, hub: Path) -> None:
    first = at_hub("status").stdout.splitlines()[0]
    assert first.startswith(json.loads((hub / "hub.json").read_text())["url"].rstrip("/"))
    assert " is ready; " in first
    assert first.endswith(" waiting")


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
