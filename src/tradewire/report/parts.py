"""From what was closed to trades: one that was closed in parts is one trade."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tradewire.domain.bars import Integers
from tradewire.report.run import Parts, TradeColumns


def joined(closes: TradeColumns, trade: Integers) -> tuple[TradeColumns, Parts]:
    """Return the trades, in the order in which they ended, and their parts.

    `closes` are in the order in which they happened; `trade` holds a number for each, equal for those of one trade.
    """
    grouped = np.argsort(trade, kind="stable")
    edges = np.flatnonzero(np.diff(trade[grouped], prepend=trade[grouped[:1]] - 1))
    lasts = grouped[np.append(edges[1:], len(grouped)) - 1] if len(grouped) else grouped
    order = np.argsort(lasts)
    counts = np.diff(np.append(edges, len(grouped)))[order]
    first = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    places = np.repeat(edges[order] - first[:-1], counts) + np.arange(len(grouped))
    parts = closes.only(grouped[places])
    ended = parts.only(first[1:] - 1)
    if len(ended) == len(parts):
        return parts, Parts(first, parts)
    begins = first[:-1]
    quantity = np.add.reduceat(parts.quantity, begins)
    weighted = np.add.reduceat(parts.exit_price * parts.quantity, begins) / quantity
    trades = replace(
        ended,
        exit_price=np.where(counts == 1, ended.exit_price, weighted),
        quantity=quantity,
        pnl=np.add.reduceat(parts.pnl, begins),
        fees=np.add.reduceat(parts.fees, begins),
        funding=np.add.reduceat(parts.funding, begins),
    )
    return trades, Parts(first, parts)
