"""One batch in 20 is stored twice."""

from collections.abc import Mapping
from typing import Any

from proof.broken import one_in
from sync.storage import store
from sync.storage.batches import Batch

_module: Any = store


def apply() -> None:
    real = _module.write_batches

    def broken(batches: Mapping[int, Batch]) -> set[int]:
        written: set[int] = real(batches)
        again = {
            number: batch._replace(base_seq=batch.base_seq + 1)
            for number, batch in batches.items()
            if number in written and one_in(20, batch.payload)
        }
        if again:
            real(again)
        return written

    _module.write_batches = broken
