"""Which accounts a signal reaches, and with whose settings."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest
from msgspec.structs import replace

from tradewire.domain.account import Account
from tradewire.domain.message import Message
from tradewire.domain.policy import AS_PROFILED
from tradewire.domain.refusal import Code, Refusal
from tradewire.domain.signal import Adjust, Adopt, CancelPending, Close, Control, Open, Side, Signal
from tradewire.routing.route import Route
from tradewire.routing.select import Router, select

MONDAY_8 = 1_767_600_000_000_000_000
ACCOUNTS = (
    Account(id="main", venue="paper"),
    Account(id="spare", venue="paper"),
    Account(id="bybit-1", venue="bybit", risk_profile="careful"),
    Account(id="bybit-2", venue="bybit"),
)
BUY = Open(symbol="BTCUSDT", side=Side.BUY)
ADOPT = Adopt(symbol="BTCUSDT")
HALT = Control(action="halt")


def message(source: str = "telegram", channel: str = "vip", **fields: Any) -> Message:
    return Message(
        id="m", source=source, channel=channel, text="", ts_event=0, ts_init=fields.pop("at", MONDAY_8), **fields
    )


def route(**fields: Any) -> Route:
    return Route.model_validate({"name": "r"} | fields)


def reached(signal: Signal, sent: Message, *routes: Route, accounts: tuple[Account, ...] = ACCOUNTS) -> list[str]:
    answer = select(signal, sent, routes, accounts)
    assert not isinstance(answer, Refusal), answer
    return [destination.account.id for destination in answer]


def refused(signal: Signal, sent: Message, *routes: Route, accounts: tuple[Account, ...] = ACCOUNTS) -> Refusal:
    answer = select(signal, sent, routes, accounts)
    assert isinstance(answer, Refusal), answer
    return answer


def test_one_signal_goes_to_many_accounts_in_their_order() -> None:
    assert reached(BUY, message(), route(accounts=["bybit-*", "main"])) == ["main", "bybit-1", "bybit-2"]
    assert reached(BUY, message(), route()) == ["main", "spare", "bybit-1", "bybit-2"]
    assert reached(BUY, message(), route(accounts=["BYBIT"])) == ["bybit-1", "bybit-2"]


@pytest.mark.parametrize(
    ("match", "takes"),
    [
        ({}, True),
        ({"sources": ["tele*"]}, True),
        ({"sources": ["discord", "TELEGRAM"]}, True),
        ({"sources": ["gram"]}, False),
        ({"channels": ["v?p"]}, True),
        ({"channels": ["free"]}, False),
        ({"authors": ["anna"]}, True),
        ({"authors": ["bob"]}, False),
        ({"symbols": ["BTC*"]}, True),
        ({"symbols": ["ETH*", "EURUSD"]}, False),
        ({"kinds": ["open"]}, True),
        ({"kinds": ["close"]}, False),
        ({"tags": ["swing"]}, True),
        ({"tags": ["scalp"]}, False),
        ({"channels": ["vip"], "symbols": ["ETH*"]}, False),
    ],
)
def test_a_route_takes_what_passes_all_of_its_lists(match: dict[str, Any], takes: bool) -> None:
    signal = Open(symbol="BTCUSDT", side=Side.BUY, tag="swing")
    answer = select(signal, message(author="anna"), [route(match=match)], ACCOUNTS)
    assert isinstance(answer, tuple) is takes
    if isinstance(answer, Refusal):
        assert answer.code is Code.NO_ROUTE
        assert "telegram/vip" in answer.sentence


def test_an_unknown_author_or_tag_passes_no_list() -> None:
    assert refused(BUY, message(), route(match={"authors": ["*"]})).code is Code.NO_ROUTE
    assert refused(BUY, message(), route(match={"tags": ["*"]})).code is Code.NO_ROUTE


def test_tags_limit_entries_only_and_symbols_limit_everything() -> None:
    assert reached(Close(symbol="BTCUSDT"), message(), route(match={"tags": ["swing"]}, accounts=["main"])) == ["main"]
    assert refused(Close(), message(), route(match={"symbols": ["BTC*"]})).code is Code.NO_ROUTE
    assert reached(Close(symbol="BTCUSDT"), message(), route(match={"symbols": ["BTC*"]}, accounts=["main"])) == [
        "main"
    ]


def test_a_switched_off_route_takes_nothing() -> None:
    assert refused(BUY, message(), route(enabled=False)).code is Code.NO_ROUTE


def test_the_first_route_that_leads_to_an_account_gives_its_settings() -> None:
    first = route(name="first", accounts=["bybit-1"], multiplier=2, risk_profile="bold")
    second = route(name="second", accounts=["bybit"], multiplier=3)
    answer = select(BUY, message(), [first, second], ACCOUNTS)
    assert isinstance(answer, tuple)
    assert [(d.account.id, d.route.multiplier, d.risk_profile) for d in answer] == [
        ("bybit-1", 2, "bold"),
        ("bybit-2", 3, "default"),
    ]
    plain = select(BUY, message(), [second], ACCOUNTS)
    assert isinstance(plain, tuple)
    assert plain[0].risk_profile == "careful"


def test_filters_hold_back_entries_and_never_a_way_out() -> None:
    longs = route(name="longs", direction="long", hours=["mon 09:00-10:00"], accounts=["main"])
    sell = Open(symbol="BTCUSDT", side=Side.SELL)
    at_nine = message(at=MONDAY_8 + 3600 * 10**9)
    assert reached(BUY, at_nine, longs) == ["main"]
    assert refused(sell, at_nine, longs).code is Code.ONE_DIRECTION
    assert "longs takes long" in refused(sell, at_nine, longs).sentence
    assert refused(BUY, message(), longs).code is Code.OUTSIDE_HOURS
    assert reached(Close(symbol="BTCUSDT"), message(), longs) == ["main"]
    assert reached(sell, message(), route(direction="short", accounts=["main"])) == ["main"]


def test_a_route_that_holds_back_leaves_the_others_alone() -> None:
    held = route(name="held", hours=["sun"], accounts=["main"])
    shorts = route(name="shorts", direction="short", accounts=["main"])
    assert reached(BUY, message(), held, shorts, route(accounts=["spare"])) == ["spare"]
    assert refused(BUY, message(), held, shorts).code is Code.OUTSIDE_HOURS
    assert refused(BUY, message(), shorts, held).code is Code.ONE_DIRECTION


def named(*names: str) -> Open:
    return Open(symbol="BTCUSDT", side=Side.BUY, destinations=names)


def test_the_owner_names_any_account_or_venue() -> None:
    for source in ("api", "cli", "console", "dashboard"):
        assert reached(named("bybit"), message(source)) == ["bybit-1", "bybit-2"]
    assert reached(named("BYBIT-2", "main", "bybit-2"), message("api")) == ["main", "bybit-2"]
    assert reached(named("bybit"), message("api"), route(accounts=["main"])) == ["bybit-1", "bybit-2"]


def test_an_account_wins_over_a_venue_of_the_same_name() -> None:
    accounts = (Account(id="a", venue="paper"), Account(id="paper", venue="paper"))
    assert reached(named("paper"), message("api"), accounts=accounts) == ["paper"]
    assert reached(BUY, message(), route(accounts=["paper"]), accounts=accounts) == ["paper"]


def test_a_named_account_keeps_the_settings_of_its_route() -> None:
    answer = select(named("bybit"), message("api"), [route(accounts=["bybit-1"], multiplier=2)], ACCOUNTS)
    assert isinstance(answer, tuple)
    assert [d.route.multiplier for d in answer] == [2, 1]
    assert answer[1].route is AS_PROFILED


def test_a_stranger_only_narrows_what_the_routes_reach() -> None:
    led = route(accounts=["main", "bybit-1"])
    assert reached(named("bybit"), message(), led) == ["bybit-1"]
    answer = refused(named("bybit-2"), message(), led)
    assert answer.code is Code.FORBIDDEN
    assert "bybit-2" in answer.sentence
    assert (
        refused(named("main"), message(source="discord"), route(match={"sources": ["telegram"]})).code is Code.FORBIDDEN
    )
    assert refused(named("main"), message(), route(hours=["sun"])).code is Code.OUTSIDE_HOURS


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    answer = refused(named("bybti"), message("api"))
    assert answer.code is Code.UNKNOWN_ACCOUNT
    assert answer.sentence == "There is no account or venue called bybti. Did you mean bybit?"
    assert refused(named("main", "zzz"), message("api")).sentence == "There is no account or venue called zzz."
    assert refused(named("nowhere"), message("api")).sentence == "There is no account or venue called nowhere."


def test_a_bound_message_goes_to_its_account_only() -> None:
    bound = message("hook", account="bybit-2")
    led = route(accounts=["*"], multiplier=2)
    answer = select(BUY, bound, [led], ACCOUNTS)
    assert isinstance(answer, tuple)
    assert [(d.account.id, d.route.multiplier) for d in answer] == [("bybit-2", 2)]
    assert reached(named("bybit"), bound, route(accounts=["main"])) == ["bybit-2"]
    assert reached(BUY, message("telegram", account="bybit-2")) == ["bybit-2"]
    answer = refused(named("main"), bound)
    assert isinstance(answer, Refusal)
    assert answer.code is Code.FORBIDDEN
    assert "bybit-2" in answer.sentence
    assert "main" in answer.sentence
    assert refused(BUY, message("hook", account="gone")).code is Code.UNKNOWN_ACCOUNT


def test_one_account_without_routes_needs_none() -> None:
    alone = ACCOUNTS[:1]
    assert reached(BUY, message("demo"), accounts=alone) == ["main"]
    assert reached(BUY, message("api"), accounts=alone) == ["main"]
    elsewhere = route(match={"sources": ["discord"]})
    assert reached(BUY, message("api"), elsewhere, accounts=alone) == ["main"]
    assert refused(BUY, message("demo"), elsewhere, accounts=alone).code is Code.NO_ROUTE
    assert refused(HALT, message("demo"), accounts=alone).code is Code.NO_ROUTE
    assert reached(HALT, message("api"), accounts=alone) == ["main"]


def test_an_owners_entry_must_say_where_and_everything_else_goes_everywhere() -> None:
    everyone = [account.id for account in ACCOUNTS]
    assert "-e" in refused(BUY, message("api")).sentence
    assert "-e" not in refused(BUY, message("telegram")).sentence
    signals: tuple[Signal, ...] = (Close(), Adjust(), CancelPending(), ADOPT, Control(action="flatten"))
    for signal in signals:
        assert reached(signal, message("api")) == everyone
        assert refused(signal, message("telegram")).code is Code.NO_ROUTE
    assert reached(Close(symbol="BTCUSDT"), message("api"), route(accounts=["main"])) == ["main"]


@pytest.mark.parametrize("source", ["strategy", "program", "schedule"])
def test_the_hub_itself_names_accounts_but_does_not_insist(source: str) -> None:
    shut = route(name="shut", direction="short", accounts=["main"])
    assert reached(named("main", "spare"), message(source)) == ["main", "spare"]
    assert reached(named("main"), message("api"), shut) == ["main"]
    assert refused(named("main"), message(source), shut).code is Code.ONE_DIRECTION
    assert reached(named("main", "spare"), message(source), shut) == ["spare"]
    assert reached(named("main"), message(source), shut, route(accounts=["main"])) == ["main"]
    assert reached(Close(symbol="BTCUSDT", destinations=("main",)), message(source), shut) == ["main"]


def test_strangers_control_the_hub_only_where_a_route_says_so() -> None:
    assert refused(HALT, message(), route()).code is Code.NO_ROUTE
    assert reached(HALT, message(), route(match={"kinds": ["control"]}, accounts=["main"])) == ["main"]


def test_strangers_adopt_only_where_a_route_says_so() -> None:
    listed = route(match={"kinds": ["adopt"], "symbols": ["BTC*"]}, accounts=["main"])
    assert refused(ADOPT, message(), route()).code is Code.NO_ROUTE
    assert refused(ADOPT, message(), route(match={"kinds": ["control"]})).code is Code.NO_ROUTE
    assert refused(ADOPT, message(), accounts=ACCOUNTS[:1]).code is Code.NO_ROUTE
    assert reached(ADOPT, message(), listed) == ["main"]
    assert refused(Adopt(symbol="EURUSD"), message(), listed).code is Code.NO_ROUTE
    assert refused(Adopt(symbol="BTCUSDT", destinations=("spare",)), message(), listed).code is Code.FORBIDDEN


def test_the_owner_adopts_by_name_and_at_the_accounts_own_entrance() -> None:
    assert reached(Adopt(symbol="BTCUSDT", destinations=("bybit-2",)), message("cli")) == ["bybit-2"]
    assert reached(ADOPT, message("api", account="spare")) == ["spare"]


WORDS = [
    (ADOPT, "adopt", "adopt"),
    (HALT, "control", "halt"),
    (Control(action="resume"), "control", "resume"),
    (Control(action="flatten"), "control", "flatten"),
]


@pytest.mark.parametrize(("signal", "kind", "word"), WORDS)
@pytest.mark.parametrize("bound", [None, "spare"])
def test_a_webhook_controls_and_adopts_only_where_a_route_says_so(
    signal: Signal, kind: str, word: str, bound: str | None
) -> None:
    sent = message("hook", "tv", account=bound)
    why = f"only you may {word}, or a route that lists {kind} under kinds."
    for routes in ((), (route(),), (route(match={"sources": ["hook"]}, accounts=["main"]),)):
        for accounts in (ACCOUNTS, ACCOUNTS[1:2]):
            known = [r for r in routes if r.accounts == ("*",) or accounts == ACCOUNTS]
            answer = refused(signal, sent, *known, accounts=accounts)
            assert answer.code is (Code.FORBIDDEN if bound else Code.NO_ROUTE)
            assert answer.sentence.endswith(why)
    named_one = type(signal)(**{f: getattr(signal, f) for f in signal.__struct_fields__} | {"destinations": ("spare",)})
    assert refused(named_one, sent).code is Code.FORBIDDEN
    listed = route(match={"sources": ["hook"], "kinds": [kind]}, accounts=["main", "spare"])
    assert reached(signal, sent, listed) == ([bound] if bound else ["main", "spare"])
    assert reached(named_one, sent, listed) == ["spare"]


def test_a_webhook_trades_anywhere_without_routes_and_within_them_otherwise() -> None:
    sent, everyone = message("hook", "tv"), [account.id for account in ACCOUNTS]
    assert reached(named("bybit"), sent) == ["bybit-1", "bybit-2"]
    assert reached(Close(symbol="BTCUSDT"), sent) == everyone
    assert "-e" in refused(BUY, sent).sentence
    led = route(match={"sources": ["hook"]}, accounts=["main"])
    assert reached(BUY, sent, led) == ["main"]
    assert refused(named("bybit"), sent, led).code is Code.FORBIDDEN
    elsewhere = route(match={"sources": ["telegram"]}, accounts=["main"])
    for signal in (BUY, Close()):
        assert refused(signal, sent, elsewhere).code is Code.NO_ROUTE
    assert reached(BUY, message("hook", "tv", account="spare"), elsewhere) == ["spare"]


@pytest.mark.parametrize(("signal", "kind"), [(ADOPT, "adopt"), (HALT, "control")])
def test_a_channel_bound_to_an_account_is_not_its_owner(signal: Signal, kind: str) -> None:
    bound = message("telegram", account="spare")
    answer = refused(signal, bound, route())
    assert answer.code is Code.FORBIDDEN
    assert "from telegram/vip to spare" in answer.sentence
    assert reached(signal, bound, route(match={"kinds": [kind]})) == ["spare"]


@pytest.mark.parametrize("written", ["bybit-2", "BYBIT-2", "ByBit-2"])
@pytest.mark.parametrize("sent", [message("api"), message("telegram"), message("hook", account="bybit-2")])
def test_the_name_of_an_account_is_compared_without_case(written: str, sent: Message) -> None:
    accounts = (*ACCOUNTS[:3], Account(id="Bybit-2", venue="Bybit"))
    assert reached(named(written), sent, route(accounts=["BYBIT-2"]), accounts=accounts) == ["Bybit-2"]
    assert reached(named("BYBIT"), message("api"), accounts=accounts) == ["bybit-1", "Bybit-2"]


def test_without_accounts_there_is_nowhere_to_go() -> None:
    for source in ("api", "telegram"):
        answer = refused(BUY, message(source), accounts=())
        assert answer.code is Code.NO_ROUTE
        assert "no account" in answer.sentence


def test_a_route_to_an_account_that_does_not_exist_is_a_mistake() -> None:
    with pytest.raises(ValueError, match=r"Route r: There is no account or venue called man\. Did you mean main\?"):
        Router([route(accounts=["man"])], ACCOUNTS)
    assert reached(BUY, message("api"), route(accounts=["none-*"]), route(accounts=["main"])) == ["main"]


def test_owners_can_be_told_otherwise() -> None:
    router = Router([], ACCOUNTS, owners=frozenset({"telegram"}))
    assert isinstance(router.select(named("main"), message("telegram")), tuple)
    assert isinstance(router.select(named("main"), message("api")), Refusal)


def test_a_thousand_accounts_are_selected_from_the_index() -> None:
    accounts = tuple(Account(id=f"a{i}", venue="paper") for i in range(1000))
    router = Router([route(accounts=["a*"])], accounts)
    first = router.select(BUY, message())
    assert isinstance(first, tuple)
    assert len(first) == 1000
    assert router.select(BUY, message()) is first


def test_only_the_owner_loosens_a_stop_whatever_the_routes_say() -> None:
    insist = Adjust(symbol="BTCUSDT", stop=D(59_000), force=True)
    everywhere = route(accounts=["*"])
    for source in ("hook", "telegram"):
        for sent in (message(source), message(source, account="main")):
            answer = refused(insist, sent, everywhere)
            assert (answer.code, "Only you may loosen a stop" in answer.sentence) == (Code.FORBIDDEN, True)
    assert reached(replace(insist, force=False), message("hook"), everywhere)
    for source in ("api", "cli", "console", "dashboard"):
        assert reached(insist, message(source))
