"""How an account's state comes back: from a snapshot, from the journal, and, for what ended long ago, from its rows."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Struct

from tradewire.domain.account import Account, Position
from tradewire.domain.instrument import Instrument
from tradewire.domain.numbers import ONE, ZERO
from tradewire.domain.order import Leg, Order, OrderRequest, OrderStatus
from tradewire.domain.plan import Plan
from tradewire.domain.signal import ExitSpec, OrderType, Side, TimeInForce
from tradewire.engine import facts as f
from tradewire.engine.folding import apply
from tradewire.engine.state import AccountState
from tradewire.engine.sums import Exposure
from tradewire.engine.trade import Trade
from tradewire.exits.book import BookDump, ExitBook
from tradewire.exits.plan import ExitPlan
from tradewire.store.chain import JournalRow


class Image(Struct, frozen=True, kw_only=True):
    """The whole state of an account as one value; see `AccountState` for the fields."""

    account: Account
    born_at: int
    balance: Decimal
    peak_balance: Decimal
    peak_equity: Decimal
    halted: bool
    orders: tuple[Order, ...]
    ended: tuple[Order, ...]
    reserved: dict[str, Plan]
    lapsed: dict[str, Plan]
    trades: tuple[Trade, ...]
    closed: tuple[Trade, ...]
    positions: tuple[Position, ...]
    books: dict[str, BookDump]
    marks: dict[str, int]
    waiting: tuple[f.Waiting, ...]
    foreign: dict[str, Decimal]
    entry_times: tuple[int, ...]
    opened_times: tuple[int, ...]
    fingerprints: tuple[tuple[int, str], ...]
    day: int
    realised_today: Decimal
    losses_in_row: int
    last_loss_at: int | None
    updated_at: int


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Image).decode


def dump(state: AccountState) -> bytes:
    """Return the state as bytes for a snapshot."""
    return _encode(
        Image(
            account=state.account,
            born_at=state.born_at,
            balance=state.balance,
            peak_balance=state.peak_balance,
            peak_equity=state.peak_equity,
            halted=state.halted,
            orders=tuple(state.orders.values()),
            ended=tuple(state.ended.values()),
            reserved=state.reserved,
            lapsed=state.lapsed,
            trades=tuple(state.trades.values()),
            closed=tuple(state.closed.values()),
            positions=tuple(state.positions.values()),
            books={symbol: book.dump() for symbol, book in state.books.items()},
            marks=state.marks,
            waiting=tuple(state.waiting.values()),
            foreign=state.foreign,
            entry_times=tuple(state.entry_times),
            opened_times=tuple(state.opened_times),
            fingerprints=tuple(state.fingerprints),
            day=state.day,
            realised_today=state.realised_today,
            losses_in_row=state.losses_in_row,
            last_loss_at=state.last_loss_at,
            updated_at=state.updated_at,
        )
    )


def load(data: bytes, exposure: Exposure | None = None) -> AccountState:
    """Return the state that was dumped.

    Raises:
        msgspec.ValidationError: another version of the hub wrote it; fold the journal instead.
    """
    image = _decode(data)
    state = AccountState(image.account, image.balance, image.born_at, exposure)
    state.peak_balance, state.peak_equity, state.halted = image.peak_balance, image.peak_equity, image.halted
    state.orders = {order.request.client_order_id: order for order in image.orders}
    state.ended = OrderedDict((order.request.client_order_id, order) for order in image.ended)
    for cid, plan in image.reserved.items():
        state.reserved[cid] = plan
        state.exposure.reserve(plan, 1)
    state.lapsed = dict(image.lapsed)
    for trade in image.trades:
        state.restore(trade)
    state.closed = OrderedDict((trade.id, trade) for trade in image.closed)
    state.positions = {position.symbol: position for position in image.positions}
    state.books = {symbol: ExitBook.load(book) for symbol, book in image.books.items()}
    state.marks = dict(image.marks)
    state.waiting = {waiting.signal_id: waiting for waiting in image.waiting}
    state.foreign = dict(image.foreign)
    state.entry_times = deque(image.entry_times, maxlen=state.entry_times.maxlen)
    state.opened_times = deque(image.opened_times, maxlen=state.opened_times.maxlen)
    state.fingerprints = deque(image.fingerprints, maxlen=state.fingerprints.maxlen)
    state.day, state.realised_today = image.day, image.realised_today
    state.losses_in_row, state.last_loss_at = image.losses_in_row, image.last_loss_at
    state.updated_at = image.updated_at
    return state


def fold(state: AccountState | None, row: JournalRow, exposure: Exposure | None = None) -> AccountState:
    """Return the state after one row of the account's stream (`state` None: the row is its birth)."""
    record = f.decode(row.data)
    if isinstance(record.event, f.AccountBorn):
        state = AccountState(record.event.account, record.event.balance, row.ts, exposure)
        state.touched.account = state.updated_at
    if state is None:
        raise ValueError(f"{row.stream} does not begin with the account's birth")
    for fact in record.facts:
        apply(state, fact, row.seq)  # type: ignore[arg-type]
    state.seq = row.seq
    return state


def order_from(row: Mapping[str, Any]) -> Order:
    """Return an ended order from its projection and its fills: enough to book a late fill."""
    request = OrderRequest(
        client_order_id=row["client_order_id"],
        account=row["account"],
        symbol=row["symbol"],
        side=Side(row["side"]),
        type=OrderType(row["type"]),
        quantity=row["quantity"],
        limit_price=row["limit_price"],
        stop_price=row["stop_price"],
        tif=TimeInForce(row["tif"]),
        reduce_only=row["reduce_only"],
        leg=Leg(row["leg"]),
        signal_id=row["signal_id"],
        trade_id=row["trade_id"],
        submitted_at=row["ts_created"],
        expires_at=row["ts_created"],
    )
    return Order(
        request=request,
        status=OrderStatus(row["status"]),
        venue_order_id=row["venue_order_id"],
        filled=row["filled"],
        cost=(row["average_price"] or ZERO) * row["filled"],
        fees=row["fees"],
        exec_ids=frozenset(fill["exec_id"] for fill in row["fills"]),
        reason=row["reason"],
        updated_at=row["ts_updated"],
    )


def trade_from(row: Mapping[str, Any], entry: str | None, instrument: Instrument | None, *, closings: int = 0) -> Trade:
    """Return an ended trade from its projection: enough to book a late fill. Of its exits only the stop comes back.

    `closings` is how many closing orders it has had: a new one must not take the id of an old one.
    """
    exits = msgspec.json.decode(row["exits"], type=ExitPlan | None)
    return Trade(
        id=row["id"],
        entry=entry,
        signal_id=row["signal_id"],
        symbol=row["symbol"],
        underlying=instrument.underlying if instrument else row["symbol"],
        side=Side(row["side"]),
        spec=ExitSpec(stop=None if exits is None else exits.stop),
        quantity=row["quantity"],
        open_quantity=row["open_quantity"],
        entry_price=row["entry_price"],
        exit_price=row["exit_price"],
        exits=exits,
        initial_stop=row["initial_stop"],
        exit_reason=row["exit_reason"],
        closings=closings,
        pnl=row["pnl"],
        fees=row["fees"],
        multiplier=instrument.multiplier if instrument else ONE,
        opened_at=row["ts_opened"],
        closed_at=row["ts_closed"],
    )
