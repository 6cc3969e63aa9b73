"""Payloads that were not there when they were named: each is found in its turn, at little cost."""

from __future__ import annotations

import tracemalloc

from making_bundles import MakeBundle

from rollout_tui.trace.late_payloads import LatePayloads
from rollout_tui.trace.payloads import PayloadStore

MANY = 500


class Counting(PayloadStore):
    """A store that counts what is opened."""

    opened = 0

    def open(self, path: str) -> int:
        self.opened += 1
        return super().open(path)


def test_few_of_many_are_looked_at_in_one_go_and_each_has_its_turn(make_bundle: MakeBundle) -> None:
    bundle = make_bundle()
    store = Counting(bundle)
    late = LatePayloads(store)
    for number in range(MANY):
        late.expect(f"payloads/{number}.json", absent=True)
    for _ in range(3):
        assert late.came() == []
    assert store.opened <= 100
    (bundle / "payloads" / f"{MANY - 1}.json").write_text("{}")
    assert late.came() == [f"payloads/{MANY - 1}.json"]
    (bundle / "payloads" / "7.json").write_text("{}")
    found = [path for _ in range(MANY) for path in late.came()]
    assert found == ["payloads/7.json"] and len(late) == MANY - 2


def test_one_of_millions_of_values_takes_no_more_memory_than_its_bytes(make_bundle: MakeBundle) -> None:
    bundle = make_bundle()
    late = LatePayloads(PayloadStore(bundle))
    late.expect("payloads/1.json", absent=True)
    size = 3_000_000
    (bundle / "payloads" / "1.json").write_bytes(b"[" + b"[]," * (size // 3) + b"[]]")
    tracemalloc.start()
    try:
        assert late.came() == ["payloads/1.json"]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * size
