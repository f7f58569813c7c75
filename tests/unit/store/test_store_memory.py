"""A store without a file: the one that keeps answers, the one that forgets has the same heads."""

from __future__ import annotations

from tradewire.store.journal import Store
from tradewire.store.memory import ForgetfulStore, MemoryDriver


class Standing:
    def now(self) -> int:
        return 1_000


def written(store: Store) -> Store:
    for number in range(3):
        with store.transaction() as group:
            group.append("inbox", "said", number, b"{}")
            group.upsert("hooks", [(f"hook-{number}", bytes([number]), None, number)])
    return store


def test_a_store_in_memory_keeps_what_is_written_and_a_forgetful_one_its_chain() -> None:
    keeping, forgetting = written(Store(MemoryDriver(), Standing())), written(ForgetfulStore(Standing()))
    assert keeping.head("inbox") == forgetting.head("inbox")
    assert keeping.head("inbox").seq == 3
    assert [row.seq for row in keeping.read("inbox")] == [1, 2, 3]
    assert len(keeping.queries.hooks()) == 3
    assert keeping.verify_chain() == []
    assert (list(forgetting.read("inbox")), forgetting.queries.hooks()) == ([], [])
    keeping.close()
    forgetting.close()
