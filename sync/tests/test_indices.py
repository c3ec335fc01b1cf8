"""New elements lie above all others, with indices that every other program understands."""

from itertools import islice

import pytest

from sync.drawing.indices import indices_above


@pytest.mark.parametrize(
    ("existing", "expected"),
    [
        ([], "a0"),
        (["a0"], "a1"),
        (["a1", "a0V", "Zz"], "a2"),
        (["a0V"], "a1"),
        (["az"], "b00"),
        (["bzz"], "c000"),
        (["Zz"], "a0"),
        (["Yzz"], "Z0"),
        (["not valid!", None, 5, ""], "a0"),
    ],
)
def test_the_next_index(existing: list[object], expected: str) -> None:
    assert next(indices_above(existing)) == expected


def test_they_ascend_for_ever() -> None:
    indices = list(islice(indices_above(["Zy"]), 10_000))
    assert indices == sorted(set(indices))
