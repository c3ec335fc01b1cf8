"""The stepped reader of JSON reads what Python's reads, and refuses what it refuses."""

import io
import json
import random
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from sync.stepped_json import MAX_STRUCTURE, MAX_VALUE_CHARS, TooLargeValueError, walk


class Halting(io.BytesIO):
    """A file that gives less than asked for, as a file may."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size or 1, 7_001))


def read(text: str, end_step: Callable[[], None] = lambda: None) -> Any:
    """The whole value, put together of what `walk` finds."""
    root: dict[str, Any] = {}
    for path, value, _ in walk(Halting(text.encode()), end_step):
        at: Any = root
        for key, following in zip(("root", *path), (*path, None), strict=True):
            if following is None:
                put(at, key, value)
            else:
                at = put(at, key, [] if isinstance(following, int) else {}, is_new=False)
    return root["root"]


def put(container: Any, key: Any, value: Any, is_new: bool = True) -> Any:
    """Puts it where it belongs; what is there already stays unless it is new."""
    if isinstance(container, list):
        if key == len(container):
            container.append(value)
    elif is_new or key not in container:
        container[key] = value
    return container[key]


def value(rnd: random.Random, depth: int) -> Any:
    kinds = 9 if depth else 6
    match rnd.randrange(kinds):
        case 0:
            return rnd.choice([None, True, False])
        case 1:
            return rnd.randrange(-(10**25), 10**25)
        case 2:
            return rnd.uniform(-1e300, 1e300)
        case 3:
            return "".join(rnd.choices('aä"\\\n{}[],:😀 ', k=rnd.randrange(40)))
        case 4:
            return "x" * rnd.choice([8_180, 8_190, 8_191, 8_192, 65_534, 70_000])
        case 5:
            return 10 ** rnd.randrange(30)
        case 6 | 7:
            return {str(n): value(rnd, depth - 1) for n in range(rnd.randrange(6))}
        case _:
            return [value(rnd, depth - 1) for _ in range(rnd.randrange(6))]


@pytest.mark.parametrize("seed", range(150))
def test_it_reads_what_json_reads(seed: int) -> None:
    rnd = random.Random(seed)
    made = value(rnd, 6)
    indent = rnd.choice([None, 1])
    assert read(json.dumps(made, indent=indent, ensure_ascii=rnd.random() < 0.5)) == made


@pytest.mark.parametrize(
    "text",
    [
        "",
        "    {",
        "    [",
        "    [1,]",
        "    {,}",
        '    {"a"}',
        '    {"a":}',
        "    {1:2}",
        "    [1 2]",
        '    {"a":1}}',
        "    nul",
        '    "',
        "    ]",
        '    {"a":[1,2}',
        "    [[1,2]",
        "    1 2",
        '    {"a":1,}',
        "    {'a':1}",
        "    \ufeff{}",
        "    ",
    ],
)
def test_it_refuses_what_json_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        json.loads(text)
    with pytest.raises(ValueError, match=r"^"):
        read(text)


def test_a_number_at_the_end_of_a_window_is_read_whole() -> None:
    for length in (8_191, 8_192, 8_193):
        number = "1" * 4000 + "." + "5" * (length - 4001)
        assert read(f"[{number},7]") == json.loads(f"[{number},7]")


def test_depth_and_structure_are_bounded() -> None:
    with pytest.raises(RecursionError):
        read('{"a":' + "[" * 100_000 + "]" * 100_000 + "}")
    with pytest.raises(TooLargeValueError, match="400,000 parts"):
        read('{"a":[[' + "[]," * MAX_STRUCTURE + "1]]}")
    with pytest.raises(TooLargeValueError, match="characters"):
        read('{"a":["' + "x" * MAX_VALUE_CHARS + '"]}')
    assert read('{"a":[' + "[]," * MAX_STRUCTURE + "1]}")["a"][-1] == 1, "of many values"


@pytest.mark.parametrize("depth", [1, 3])
def test_no_step_is_long(depth: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """However deep the bulk stands, what holds the global lock gets little at a time."""
    longest = 0

    class Recorder(json.JSONDecoder):
        def raw_decode(self, s: str, idx: int = 0) -> Any:
            nonlocal longest
            longest = max(longest, len(s))
            return super().raw_decode(s, idx)

    monkeypatch.setattr("sync.stepped_json._quick", Recorder())
    steps = []
    bulk = ",".join(["[1,2,[3]]"] * 30_000)
    text = '{"a":' + "[" * depth + bulk + "]" * depth + "}"
    assert read(text, lambda: steps.append(1)) == json.loads(text)
    assert longest <= 65_536
    assert len(steps) >= (30_000 if depth == 1 else 1)


def test_little_of_a_long_text_is_in_memory() -> None:
    element = json.dumps({"id": "x" * 20, "points": [[n, n] for n in range(500)]})
    text = ('{"elements":[' + ",".join([element] * 1_000) + "]}").encode()
    assert len(text) > 5_000_000
    tracemalloc.start()
    try:
        assert sum(1 for _ in walk(io.BytesIO(text), lambda: None)) == 1_000
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()
