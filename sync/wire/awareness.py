"""The wire format of awareness, and what a state has to be before others get it.

Pure. The format is that of y-protocols
(https://github.com/yjs/y-protocols/blob/master/awareness.js): a count, then client id, clock and
the state as JSON, each.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sync.wire.frames import MalformedError, read_bytes, read_varuint, write_varuint
from sync.wire.schema import PROTOCOL

MAX_STATE_BYTES: Final[int] = PROTOCOL["presence"]["stateBytes"]
MAX_ENTRIES = 1000
MAX_CONTAINERS = 64
"""Objects and lists in one state, and so the deepest nesting."""
_MAX_EXACT_DIGITS = 15
GONE = b"null"

# Programs that copy a state key by key would change what all their objects inherit.
_FORBIDDEN_KEYS = frozenset(("__proto__", "constructor", "prototype"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One client's state as it came, or `GONE`."""

    client_id: int
    clock: int
    state: bytes


def count_entries(update: bytes) -> int:
    """How many entries an awareness update says it has, without reading them.

    Raises:
        MalformedError: the number is cut off or out of range.
    """
    try:
        return read_varuint(update, 0)[0]
    except IndexError:
        raise MalformedError("awareness is cut off") from None


def decode_awareness(update: bytes) -> list[Entry]:
    """The entries of an awareness update; states are cut out, not parsed.

    Raises:
        MalformedError: cut off, bytes after the end, or more entries than a board has people.
    """
    try:
        count, at = read_varuint(update, 0)
        if count > MAX_ENTRIES or count * 3 > len(update):
            raise MalformedError("too many awareness entries")
        entries = []
        for _ in range(count):
            client_id, at = read_varuint(update, at)
            clock, at = read_varuint(update, at)
            state, at = read_bytes(update, at)
            entries.append(Entry(client_id, clock, state))
    except IndexError:
        raise MalformedError("awareness is cut off") from None
    if at != len(update):
        raise MalformedError("bytes after the end of awareness")
    return entries


def encode_entry(client_id: int, clock: int, state: bytes) -> bytes:
    """One entry; an awareness update is their number and then all of them."""
    return write_varuint(client_id) + write_varuint(clock) + write_varuint(len(state)) + state


def encode_parts(parts: Sequence[bytes]) -> bytes:
    """The awareness update of entries that are encoded already."""
    return write_varuint(len(parts)) + b"".join(parts)


def encode_entries(entries: Sequence[Entry]) -> bytes:
    """The awareness update that says all of `entries`."""
    return encode_parts([encode_entry(one.client_id, one.clock, one.state) for one in entries])


def with_verified_user(
    state: bytes,
    user_id: int | None,
    name: str,
    *,
    max_bytes: int = MAX_STATE_BYTES,
    may_present: bool = True,
) -> bytes | None:
    """The state as others may get it: written again, with `user` by the server.

    Nobody but those who may edit presents or points with the laser, which everybody sees. The bytes
    are JSON that every parser takes for the same value. None when the state is no JSON object,
    too long, or holds what some parsers refuse, read differently or are changed by: numbers out of
    range, a key twice, half a surrogate pair, `__proto__`, or too many containers.
    """
    if len(state) > max_bytes or state.count(b"{") + state.count(b"[") > MAX_CONTAINERS:
        return None
    try:
        value = _strict.decode(state.decode())
        if not isinstance(value, dict):
            return None
        if not may_present:
            _take_stage_away(value)
        value["user"] = {"id": None if user_id is None else str(user_id), "name": name}
        text = _encoder.encode(value)
        return text.encode()
    except (ValueError, RecursionError):
        return None


def _take_stage_away(value: dict[str, Any]) -> None:
    value.pop("presenting", None)
    pointer = value.get("pointer")
    if isinstance(pointer, dict) and "tool" in pointer:
        pointer["tool"] = "pointer"


def _object_without_tricks(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs) or not _FORBIDDEN_KEYS.isdisjoint(value):
        raise ValueError("a key twice, or one that is not to be used")
    return value


def _refuse_constant(name: str) -> object:
    # NaN and Infinity are Python's own; a browser's JSON.parse would throw on them.
    raise ValueError(name)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number out of range")
    return value


def _whole(text: str) -> float:
    # Larger ones are not the same number in JavaScript.
    return int(text) if len(text) <= _MAX_EXACT_DIGITS else _finite(text)


_strict = json.JSONDecoder(
    object_pairs_hook=_object_without_tricks,
    parse_constant=_refuse_constant,
    parse_float=_finite,
    parse_int=_whole,
)
_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
