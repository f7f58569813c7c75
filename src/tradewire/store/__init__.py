"""The hub's memory: a hash-chained journal, its projections, and everything that opens, keeps and restores them."""

from tradewire.store.backup import Restored, backup, restore
from tradewire.store.chain import BEGINNING, ChainBreak, Head, JournalRow
from tradewire.store.errors import (
    BackupRefused,
    Fenced,
    JournalBroken,
    RowRejected,
    SchemaMismatch,
    StoreError,
    StoreFull,
    StoreGone,
    StoreUnreadable,
)
from tradewire.store.journal import Store
from tradewire.store.queries import Queries, UnknownCursor
from tradewire.store.transaction import Transaction

__all__ = [
    "BEGINNING",
    "BackupRefused",
    "ChainBreak",
    "Fenced",
    "Head",
    "JournalBroken",
    "JournalRow",
    "Queries",
    "Restored",
    "RowRejected",
    "SchemaMismatch",
    "Store",
    "StoreError",
    "StoreFull",
    "StoreGone",
    "StoreUnreadable",
    "Transaction",
    "UnknownCursor",
    "backup",
    "restore",
]
