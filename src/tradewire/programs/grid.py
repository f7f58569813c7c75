"""`grid`: orders at levels between two prices. Each cell is entered at one of its levels and left at the other.

A cell below the price is bought at its lower level and sold at its upper one; a cell above is sold short at its upper
level and bought back at its lower one. When a cell's trade is closed, its order is placed again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Context, Decimal
from functools import lru_cache
from itertools import pairwise
from typing import Annotated, Literal, Self

from msgspec import Struct
from msgspec.structs import replace
from pydantic import AfterValidator, Field, model_validator

from tradewire.domain.numbers import ZERO, amount, plain
from tradewire.domain.signal import Open, Side
from tradewire.programs.base import Band, Interest, Params, Program, Result, State, Symbol, saying
from tradewire.programs.events import Closed, Ended, Event, Filled, Price, Refused
from tradewire.programs.lines import Exits, SizeWords, entry, signals_of

DIGITS = Context(prec=8)
"""Levels have eight digits at most; the venue's tick is finer work, done where orders are planned."""
ANY = Band(high=ZERO)


def _without_targets(text: str) -> str:
    (signal,) = signals_of(f"buy btc 1 {text}")
    if isinstance(signal, Open) and signal.exits.targets:
        raise ValueError(f"{text!r} has targets: those of a grid are its levels")
    return text


class GridParams(Params):
    """Where the levels lie, which way is traded, and the caps."""

    symbol: Symbol = Field(description="what is traded")
    low: Decimal = Field(gt=0, description="the lowest level")
    high: Decimal = Field(gt=0, description="the highest level")
    levels: int = Field(default=11, ge=2, le=101, description="how many levels, the lowest and the highest included")
    spacing: Literal["arithmetic", "geometric"] = Field(
        default="arithmetic", description="equal differences, or equal ratios, between levels"
    )
    mode: Literal["symmetric", "ascending", "descending"] = Field(
        default="ascending",
        description="ascending: long only; descending: short only; symmetric: long below the first price, short above",
    )
    size: SizeWords = Field(description="size of each order, as in a command")
    exits: Annotated[Exits, AfterValidator(_without_targets)] = Field(
        default="", description="further exits of each trade, such as -sl 5%"
    )
    max_orders: int = Field(
        default=10, ge=1, le=100, description="at most so many orders rest, those next to the price"
    )
    max_open: int = Field(default=100, ge=1, le=100, description="so many trades are open at once at most")
    stop_below: Decimal | None = Field(default=None, gt=0, description="at this price, or below, all is closed")
    stop_above: Decimal | None = Field(default=None, gt=0, description="at this price, or above, all is closed")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"low ({plain(self.low)}) must be less than high ({plain(self.high)})")
        if self.stop_below is not None and self.stop_below >= self.low:
            raise ValueError("stop_below must be less than low")
        if self.stop_above is not None and self.stop_above <= self.high:
            raise ValueError("stop_above must be more than high")
        levels = levels_of(self)
        if any(lower >= upper for lower, upper in pairwise(levels)):
            raise ValueError(f"{self.levels} levels between {plain(self.low)} and {plain(self.high)} are too close")
        return self


class Cell(Struct, frozen=True, array_like=True):
    """One cell. `status`: idle, asked (its order rests), leaving (it is being cancelled), open (its trade is).

    `n`: the saying of its present order; `worked`: some of it is filled.
    """

    side: Side | None
    status: Literal["idle", "asked", "leaving", "open"] = "idle"
    n: int = 0
    worked: bool = False


class GridState(State, frozen=True, kw_only=True):
    """The cells, lowest first, and the price at which they were last looked at (None: look at once)."""

    cells: tuple[Cell, ...] = ()
    bid: Decimal | None = None
    ask: Decimal | None = None
    closed: int = 0
    net: Decimal = ZERO


class Grid(Program[GridParams, GridState]):
    """Places orders at the levels of a grid, and each again when its trade is closed at the next level."""

    name = "grid"
    Params = GridParams
    Memory = GridState

    def start(self, params: GridParams, blank: State, now: int) -> Result[GridState]:
        """Wait for the first price."""
        return Result(GridState(name=blank.name, account=blank.account, said=blank.said))

    def interest(self, params: GridParams, state: GridState) -> Interest:
        """Wait until the price leaves the levels between which it is; at a level, any price is news."""
        if state.bid is None or state.ask is None:
            return Interest(prices={params.symbol: ANY})
        marks = [*levels_of(params), *(stop for stop in (params.stop_below, params.stop_above) if stop is not None)]
        low = max((mark for mark in marks if mark <= state.bid), default=None)
        high = min((mark for mark in marks if mark >= state.ask), default=None)
        return Interest(prices={params.symbol: Band(low, high)})

    def step(self, params: GridParams, state: GridState, event: Event) -> Result[GridState]:
        """Follow the price, and what becomes of the orders."""
        match event:
            case Price(symbol=symbol, bid=bid, ask=ask) if symbol == params.symbol:
                return self._on_price(params, state, bid, ask)
            case Filled(n=n, left=left):
                status: Literal["open", "asked"] = "asked" if left else "open"
                return Result(_with(state, n, lambda cell: replace(cell, worked=True, status=_worked(cell, status))))
            case Closed(n=n, net=net):
                if (cell := _cell(state, n)) is None or cell.status != "open":
                    return Result(state)
                idle = _with(state, n, lambda cell: Cell(cell.side))
                return Result(replace(idle, closed=state.closed + 1, net=state.net + net, bid=None, ask=None))
            case Ended(n=n, reason=reason):
                return self._on_ended(params, state, n, reason)
            case Refused(n=n, reason=reason):
                if (cell := _cell(state, n)) is None or cell.status == "open":
                    return Result(state)
                idle = _with(state, n, lambda cell: Cell(cell.side))
                return Result(replace(idle, bid=None, ask=None), pause=f"an order was refused: {reason}")
        return Result(state)

    def _on_ended(self, params: GridParams, state: GridState, n: int, reason: str) -> Result[GridState]:
        cell = _cell(state, n)
        if cell is None or cell.status == "open":
            return Result(state)
        if cell.worked:
            return Result(_with(state, n, lambda cell: replace(cell, status="open")))
        idle = replace(_with(state, n, lambda cell: Cell(cell.side)), bid=None, ask=None)
        if cell.status == "leaving":
            return Result(idle)
        place = plain(_entry(params, state.cells.index(cell), cell))
        return Result(idle, pause=f"its order at {place} was ended from elsewhere: {reason}")

    def _on_price(self, params: GridParams, state: GridState, bid: Decimal, ask: Decimal) -> Result[GridState]:
        if not state.cells:
            state = replace(state, cells=_cells(params, bid, ask))
        if (params.stop_below is not None and bid <= params.stop_below) or (
            params.stop_above is not None and ask >= params.stop_above
        ):
            texts = [*self.finish(params, state), *self._closings(state)]
            return replace(saying(state, *texts), done=f"the price has left the grid, at {plain(bid)}")
        state = replace(state, bid=bid, ask=ask)
        wanted = _wanted(params, state, bid, ask)
        cells, texts = list(state.cells), []
        for index, cell in enumerate(cells):
            if cell.status == "asked" and not cell.worked and index not in wanted:
                cells[index] = replace(cell, status="leaving")
                texts.append(f"cancel {state.order(cell.n)}")
        resting = sum(cell.status in ("asked", "leaving") for cell in cells)
        for index in wanted:
            cell = cells[index]
            if cell.status == "idle" and resting < params.max_orders:
                resting += 1
                cells[index] = replace(cell, status="asked", n=state.said + len(texts) + 1, worked=False)
                texts.append(_line(params, index, cell))
        return saying(state, *texts, cells=tuple(cells))

    def _closings(self, state: GridState) -> Iterable[str]:
        """Return the lines that close all trades, also of an order that may have been filled at this very price."""
        return (f"close {state.trade(cell.n)}" for cell in state.cells if cell.status != "idle")

    def finish(self, params: GridParams, state: GridState) -> tuple[str, ...]:
        """Cancel what rests."""
        return tuple(f"cancel {state.order(cell.n)}" for cell in state.cells if cell.status == "asked")

    def both_ways(self, params: GridParams) -> bool:
        """Tell whether it is symmetric."""
        return params.mode == "symmetric"

    def told(self, params: GridParams, state: GridState) -> str:
        """Return how many orders rest and trades are open, and what was won."""
        count = {status: sum(cell.status == status for cell in state.cells) for status in ("asked", "open")}
        return f"{count['asked']} resting, {count['open']} open, {state.closed} closed, net {amount(state.net)}"


@lru_cache(maxsize=64)
def levels_of(params: GridParams) -> tuple[Decimal, ...]:
    """Return the levels, lowest first: arithmetic l + i·(h - l)/(n - 1), geometric l·(h / l)^(i / (n - 1))."""
    steps = params.levels - 1
    if params.spacing == "arithmetic":
        width = (params.high - params.low) / steps
        inner = (params.low + width * i for i in range(1, steps))
    else:
        ratio = params.high / params.low
        inner = (params.low * ratio ** (Decimal(i) / steps) for i in range(1, steps))
    return (params.low, *(DIGITS.create_decimal(level) for level in inner), params.high)


def _cells(params: GridParams, bid: Decimal, ask: Decimal) -> tuple[Cell, ...]:
    """Return the cells with their sides; in a symmetric grid the one around the first price has none."""
    levels = levels_of(params)
    if params.mode != "symmetric":
        side = Side.BUY if params.mode == "ascending" else Side.SELL
        return (Cell(side),) * (len(levels) - 1)
    return tuple(
        Cell(Side.BUY if upper <= bid else Side.SELL if lower >= ask else None) for lower, upper in pairwise(levels)
    )


def _entry(params: GridParams, index: int, cell: Cell) -> Decimal:
    return levels_of(params)[index if cell.side is Side.BUY else index + 1]


def _line(params: GridParams, index: int, cell: Cell) -> str:
    levels, side = levels_of(params), cell.side or Side.BUY
    limit, target = levels[index], levels[index + 1]
    if side is Side.SELL:
        limit, target = target, limit
    exits = f"-tp {plain(target)} {params.exits}".strip()
    return entry(side, params.symbol, params.size, exits, limit=limit)


def _wanted(params: GridParams, state: GridState, bid: Decimal, ask: Decimal) -> list[int]:
    """Return the cells whose orders should rest, those next to the price first: no more than the caps allow."""
    levels, mid = levels_of(params), (bid + ask) / 2
    free = []
    for index, cell in enumerate(state.cells):
        level = levels[index if cell.side is Side.BUY else index + 1]
        waits = level < ask if cell.side is Side.BUY else level > bid
        if cell.side is not None and (cell.status == "asked" or (cell.status == "idle" and waits)):
            free.append((abs(level - mid), index))
    held = sum(cell.status == "open" for cell in state.cells)
    leaving = sum(cell.status == "leaving" for cell in state.cells)
    room = min(params.max_orders, params.max_open - held) - leaving
    return [index for _, index in sorted(free)[: max(0, room)]]


def _worked(cell: Cell, status: Literal["open", "asked"]) -> Literal["idle", "asked", "leaving", "open"]:
    """Return the status after a fill: what is being cancelled goes on being so until it is known to be filled."""
    return cell.status if status == "asked" else "open"


def _cell(state: GridState, n: int) -> Cell | None:
    return next((cell for cell in state.cells if cell.n == n), None) if n else None


def _with(state: GridState, n: int, change: Callable[[Cell], Cell]) -> GridState:
    cells = tuple(change(cell) if cell.n == n else cell for cell in state.cells)
    return replace(state, cells=cells)
