"""Whatever is typed, the answer is a reading; whatever is written by the hub, the hub reads."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from time import perf_counter

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tradewire.domain.signal import (
    Adjust,
    Adopt,
    Breakeven,
    CancelPending,
    Close,
    Control,
    Distance,
    ExitSpec,
    NotASignal,
    Open,
    OrderType,
    Side,
    Signal,
    Size,
    SizeUnit,
    Target,
    TimeInForce,
    Trailing,
    Unclear,
    Unit,
)
from tradewire.domain.symbols import canonical, nearest
from tradewire.parsing.command import LONGEST, parse_command
from tradewire.parsing.corpus import to_corpus
from tradewire.parsing.explain import describe
from tradewire.parsing.reader import read_text
from tradewire.parsing.render import to_command
from tradewire.parsing.structured import parse_json

VOCABULARY = """buy sell long short adopt close cancel sl tp be trail flatten halt resume btc eurusd gold $now it all
half none to at now @ 80 0.5lot 0.01u 2% 30p 2atr 1r tp1 +10p risk 1% 60k 60_000 60,000 0 -5 -e -sl -tp -tsl -be -lim
-stop -lev -tif -id -post -eod -for day 2h demo,bybit 65000@50%,70000 -xyz ; {{x}} { } [ ] — ' " \\ é 做多"""
WORDS = st.sampled_from([*VOCABULARY.split(), "\n", "\0", "\u2028"])
CHATTER = st.one_of(
    st.lists(WORDS, max_size=14).map(" ".join),
    st.text(max_size=80),
    st.tuples(WORDS, st.text(alphabet="buy selclo0123456789.,%@/+-_ ;\n", max_size=60)).map(" ".join),
)

amounts = st.integers(1, 10**11).map(lambda ticks: Decimal(ticks).scaleb(-5))
shares = st.integers(1, 999).map(lambda tenths: Decimal(tenths).scaleb(-1))
symbols = st.sampled_from(
    ["BTCUSDT", "EURUSD", "NAS100", "AAPL", "BRK.B", "ES1!", "1INCHUSDT", "NOW", "GOLD", "T", "X2"]
)
plain_units = st.sampled_from([Unit.PIPS, Unit.ATR])
stops = st.one_of(
    amounts, st.builds(Distance, amounts, plain_units), st.builds(Distance, shares, st.just(Unit.PERCENT))
)
levels = st.one_of(amounts, st.builds(Distance, amounts, st.sampled_from(list(Unit))))
trail_distances = st.builds(Distance, shares, st.sampled_from(list(Unit)))
trails = st.builds(
    lambda distance, activation, stepped: Trailing(distance, activation, distance if stepped else None),
    *(trail_distances, st.none() | levels, st.booleans()),
)
offsets = st.none() | st.builds(Distance, amounts, st.sampled_from([Unit.PERCENT, Unit.PIPS, Unit.ATR]))
moments = st.one_of(
    st.builds(Breakeven, at=levels, offset=offsets),
    st.builds(Breakeven, after_target=st.just(1), offset=offsets),
)
ladders = st.one_of(
    st.lists(st.builds(Target, levels), min_size=1, max_size=4),
    st.lists(st.builds(Target, levels, st.just(Decimal("0.25"))), min_size=1, max_size=4),
).map(tuple)
names = st.text("aZ09_.:-", max_size=8).map("n".__add__)
destinations = st.lists(names, max_size=3, unique=True).map(tuple)
tifs = st.sampled_from([(None, None), (TimeInForce.DAY, None), (TimeInForce.IOC, None), (TimeInForce.GTD, 5400)])
exit_specs = st.builds(
    ExitSpec,
    stop=st.none() | stops,
    targets=st.just(()) | ladders,
    trailing=st.none() | trails,
    breakeven=st.none() | moments,
    time_limit_s=st.none() | st.integers(1, 100_000),
    session_end=st.booleans(),
)


@st.composite
def opens(draw: st.DrawFn) -> Open:
    limit, trigger = draw(st.none() | amounts), draw(st.none() | amounts)
    kinds = {
        (False, False): OrderType.MARKET,
        (True, False): OrderType.LIMIT,
        (False, True): OrderType.STOP,
        (True, True): OrderType.STOP_LIMIT,
    }
    unit = draw(st.sampled_from(list(SizeUnit)))
    value = draw(shares if unit is SizeUnit.RISK_PERCENT else amounts)
    tif, expire_s = draw(tifs)
    return Open(
        symbol=draw(symbols),
        side=draw(st.sampled_from(list(Side))),
        size=draw(st.none() | st.just(Size(value, unit))),
        order_type=kinds[limit is not None, trigger is not None],
        limit_price=limit,
        stop_price=trigger,
        exits=draw(exit_specs),
        leverage=draw(st.none() | amounts),
        tif=tif,
        expire_s=expire_s,
        destinations=draw(destinations),
        tag=draw(st.none() | names),
        post_only=draw(st.booleans()),
    )


trade_ids = st.text("az27", min_size=20, max_size=20).map("t".__add__)
scopes = st.one_of(st.fixed_dictionaries({"symbol": symbols}), st.fixed_dictionaries({"trade": trade_ids}), st.just({}))
changes = st.one_of(
    st.fixed_dictionaries({"stop": stops}, optional={"force": st.booleans()}),
    st.fixed_dictionaries({"targets": ladders | st.just(())}),
    st.fixed_dictionaries({"trailing": trails}),
    st.fixed_dictionaries({"breakeven": moments}),
    st.just({"breakeven_now": True}),
    st.fixed_dictionaries(
        {
            "breakeven_now": st.just(True),
            "breakeven": st.builds(Breakeven, offset=st.builds(Distance, amounts, plain_units)),
        }
    ),
)
adjusts = st.builds(
    lambda scope, change, where: Adjust(**scope, **change, destinations=where), scopes, changes, destinations
)
quantities = st.builds(Size, amounts, st.sampled_from([SizeUnit.UNITS, SizeUnit.LOTS]))
closes = st.one_of(
    st.builds(
        lambda scope, side, percent, where: Close(**scope, side=side, percent=percent, destinations=where),
        *(scopes, st.none() | st.sampled_from(list(Side)), st.none() | shares, destinations),
    ),
    st.builds(Close, symbol=symbols, quantity=quantities, destinations=destinations, tag=st.none() | names),
    st.builds(Close, symbol=st.none() | symbols, percent=st.none() | shares, tag=names),
)
cancels = st.one_of(
    st.builds(CancelPending, symbol=symbols, destinations=destinations),
    st.builds(CancelPending, ref=trade_ids | st.integers(1000, 10**9).map(str), destinations=destinations),
    st.builds(CancelPending, ref=names, destinations=destinations),
    st.builds(CancelPending, destinations=destinations),
)
adopts = st.builds(Adopt, symbol=symbols, exits=exit_specs, destinations=destinations)
controls = st.builds(Control, action=st.sampled_from(["flatten", "halt", "resume"]), destinations=destinations)
signals: st.SearchStrategy[Signal] = st.one_of(opens(), adjusts, closes, cancels, adopts, controls)


@given(signals)
def test_what_the_hub_writes_the_hub_reads(signal: Signal) -> None:
    assert parse_command(to_command(signal)) == (signal,)


@given(signals)
def test_what_the_api_shows_a_hook_reads(signal: Signal) -> None:
    assert parse_json(msgspec.json.encode(signal).decode()) == (signal,)


@given(st.lists(signals, min_size=2, max_size=4), st.sampled_from(["; ", "\n", " ;\r\n\n"]))
def test_several_are_read_in_their_order(several: list[Signal], separator: str) -> None:
    assert parse_command(separator.join(map(to_command, several))) == tuple(several)


@given(opens())
def test_case_does_not_count(signal: Open) -> None:
    signal = replace(signal, destinations=(), tag=None)
    assert parse_command(to_command(signal).upper()) == parse_command(to_command(signal).lower()) == (signal,)


@given(signals)
def test_every_signal_is_told_in_a_sentence_and_as_json(signal: Signal) -> None:
    assert "None" not in describe(signal)
    assert json.loads(json.dumps(to_corpus((signal,))))["action"] != "unclear"


@settings(max_examples=400)
@given(CHATTER)
@example("be\n-")
def test_whatever_is_typed_has_a_reading(text: str) -> None:
    reading = read_text(text)
    assert isinstance(reading, tuple | NotASignal | Unclear)
    command = parse_command(text)
    if isinstance(command, Unclear):
        assert command.reason
        assert command.position is not None
        assert 0 <= command.position <= len(text)
    else:
        assert len(command) > 0


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=12), st.lists, max_leaves=4), st.data())
def test_whatever_is_posted_has_a_reading(value: object, data: st.DataObject) -> None:
    key = data.draw(
        st.sampled_from(["symbol", "size", "sl", "tp", "tsl", "price", "type", "accounts", "tif", "tag", "text"])
    )
    body = json.dumps({"action": "buy", "symbol": "btc", key: value})
    assert isinstance(parse_json(body), tuple | Unclear)


@given(st.text(max_size=60))
def test_a_broken_body_has_a_reading(text: str) -> None:
    assert isinstance(parse_json("{" + text), tuple | Unclear)


FLAGS = ["-sl", "-tp", "-tsl", "-lev", "-tif", "-lim", "-stop", "--stop-loss", "--leverage", "--trailing-stop"]


@given(st.sampled_from(FLAGS), st.data())
def test_a_flag_with_a_slip_is_placed_and_corrected(flag: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(flag) - 1))
    slip = flag[:at] + data.draw(st.sampled_from("qzx")) + flag[at:]
    told = parse_command(f"buy btc 80 {slip} 3")
    assert isinstance(told, Unclear)
    assert told.position == 11
    assert told.suggestion is not None


@given(st.text(max_size=40))
def test_a_canonical_symbol_is_canonical(word: str) -> None:
    symbol = canonical(word)
    if symbol is not None and canonical(symbol) is not None and ":" not in word:
        assert canonical(symbol) == symbol


@cache
def slips(word: str, meant: str) -> int:
    """Return the letters between two words, as the textbook says it: the slow way."""
    if not word or not meant:
        return len(word) + len(meant)
    ways = [
        slips(word[1:], meant) + 1,
        slips(word, meant[1:]) + 1,
        slips(word[1:], meant[1:]) + (word[0] != meant[0]),
    ]
    if word[1:2] == meant[:1] and meant[1:2] == word[:1]:
        ways.append(slips(word[2:], meant[2:]) + 1)
    return min(ways)


def allowed(word: str, meant: str) -> int:
    """Return how many slips a word of this length may have: never half of it."""
    return min(1 if min(len(word), len(meant)) <= 4 else 2, (max(len(word), len(meant)) - 1) // 2)


@given(st.text("abé", max_size=8), st.lists(st.text("abé", max_size=8), max_size=8))
@example("ab", ["ba"])
def test_the_nearest_is_one_of_the_known_and_near(word: str, known: list[str]) -> None:
    near = {name: slips(word, name) for name in known if slips(word, name) <= allowed(word, name)}
    found = nearest(word, known)
    if found is None:
        assert not near
    else:
        assert near[found] == min(near.values())


@given(st.text("abehlortuy", min_size=1, max_size=8))
@example("hello")
@example("slel")
def test_no_command_is_offered_for_a_word_that_is_far_from_it(word: str) -> None:
    told = read_text(f"{word} btc")
    if isinstance(told, Unclear) and told.suggestion is not None and "is not a command" in told.reason:
        assert slips(word, told.suggestion) <= allowed(word, told.suggestion)


HOSTILE = [
    *(
        "buy " + unit * (LONGEST // len(unit) - 4)
        for unit in ("8", "a", "-", " ", "\n", " \n", ";", ",", "@", "1,", "_", "$")
    ),
    *("buy btc 80 " + unit * 400 for unit in ("-sl 2% ", "\n-", " \n", "0.", "1_000", "-tp 1,", "tp1+")),
    "buy btc -tp " + ",".join(["1"] * 2000),
    "buy btc;" * 500,
    "1," * 2000,
    "{" * LONGEST,
]


def test_no_text_takes_long() -> None:
    """The slowest honest text (five hundred commands) takes some 30 ms: a second means super-linear work."""
    parse_command("buy btc")
    for text in HOSTILE:
        start = perf_counter()
        read_text(text)
        parse_command(text)
        assert perf_counter() - start < 1.0, text[:40]
