"""The wire format of awareness, and the checks of a state before others get it.

Pure. The format is that of y-protocols
(https://github.com/yjs/y-protocols/blob/master/awareness.js): a count, then for each client its id,
its clock and its state as JSON.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sync.wire.frames import PROTOCOL, MalformedError, read_bytes, read_varuint, write_varuint

MAX_STATE_BYTES: Final[int] = PROTOCOL["presence"]["stateBytes"]
MAX_ENTRIES = 1000
MAX_CONTAINERS = 64
"""The largest number of objects and lists in one state, and so the deepest nesting."""
_MAX_EXACT_DIGITS = 15
GONE = b"null"

# Programs that copy a state key by key would pollute their prototypes.
_FORBIDDEN_KEYS = frozenset(("__proto__", "constructor", "prototype"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One client's state as received, or `GONE`."""

    client_id: int
    clock: int
    state: bytes


def count_entries(update: bytes) -> int:
    """The number of entries that an awareness update declares, without reading them.

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
        MalformedError: truncated, trailing bytes, or more entries than a board may have people.
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
    """Encodes one entry; an awareness update is the number of entries followed by them."""
    return write_varuint(client_id) + write_varuint(clock) + write_varuint(len(state)) + state


def encode_parts(parts: Sequence[bytes]) -> bytes:
    """The awareness update made of encoded entries."""
    return write_varuint(len(parts)) + b"".join(parts)


def encode_entries(entries: Sequence[Entry]) -> bytes:
    """The awareness update made of `entries`."""
    return encode_parts([encode_entry(one.client_id, one.clock, one.state) for one in entries])


def with_verified_user(
    state: bytes,
    user_id: int | None,
    name: str,
    picture: str = "",
    *,
    max_bytes: int = MAX_STATE_BYTES,
    may_present: bool = True,
    may_react: bool = True,
) -> bytes | None:
    """The state that others get: serialized again, with `user` set by the server.

    `picture` is the address of the person's picture; without one the state has none. Only people
    who may edit can present, use the laser, or say that they write privately, which everyone sees;
    only those who may comment can react. The result is JSON that every
    parser reads as the same value. None if the state is not a JSON object, is too long, or holds
    something that parsers refuse or read differently: numbers out of range, duplicate keys, lone
    surrogates, `__proto__`, or too many containers.
    """
    if len(state) > max_bytes or state.count(b"{") + state.count(b"[") > MAX_CONTAINERS:
        return None
    try:
        value = _strict.decode(state.decode())
        if not isinstance(value, dict):
            return None
        if not may_present:
            _take_stage_away(value)
        if not may_react:
            value.pop("reaction", None)
        user = {"id": None if user_id is None else str(user_id), "name": name}
        value["user"] = {**user, "picture": picture} if picture else user
        text = _encoder.encode(value)
        return text.encode()
    except (ValueError, RecursionError):
        return None


def _take_stage_away(value: dict[str, Any]) -> None:
    value.pop("presenting", None)
    value.pop("private", None)
    pointer = value.get("pointer")
    if isinstance(pointer, dict) and "tool" in pointer:
        pointer["tool"] = "pointer"


def _object_without_tricks(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs) or not _FORBIDDEN_KEYS.isdisjoint(value):
        raise ValueError("a key twice, or one that is not to be used")
    return value


def _refuse_constant(name: str) -> object:
    # NaN and Infinity are Python extensions; a browser's JSON.parse would throw on them.
    raise ValueError(name)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number out of range")
    return value


def _whole(text: str) -> float:
    # Larger integers are not the same number in JavaScript.
    return int(text) if len(text) <= _MAX_EXACT_DIGITS else _finite(text)


_strict = json.JSONDecoder(
    object_pairs_hook=_object_without_tricks,
    parse_constant=_refuse_constant,
    parse_float=_finite,
    parse_int=_whole,
)
_encoder = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
