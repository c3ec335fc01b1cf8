"""Decodes and encodes frames of the y-websocket protocol; every length is checked first.

Pure: knows neither frameworks nor documents. The wire format is that of y-protocols 1.0
(https://github.com/yjs/y-protocols/blob/master/PROTOCOL.md) on lib0's variable-length integers.
"""

import enum
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

PROTOCOL: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("protocol.json").read_text())
"""What server and page share of the protocol."""

_MESSAGE_TYPES: dict[str, int] = PROTOCOL["messageTypes"]
_SYNC_TYPES: dict[str, int] = PROTOCOL["syncTypes"]
MAX_SAFE_INTEGER = 2**53 - 1
MAX_CLOCK = 2**31 - 1
MAX_MESSAGES_PER_FRAME = 64
MAX_STATE_VECTOR_CLIENTS = 200_000


class MessageType(enum.IntEnum):
    """The first number of a message; SAVED is this product's own, sent only on request."""

    SYNC = _MESSAGE_TYPES["SYNC"]
    AWARENESS = _MESSAGE_TYPES["AWARENESS"]
    QUERY_AWARENESS = _MESSAGE_TYPES["QUERY_AWARENESS"]
    SAVED = _MESSAGE_TYPES["SAVED"]


class SyncType(enum.IntEnum):
    """The second number of a SYNC message."""

    STEP1 = _SYNC_TYPES["STEP1"]
    STEP2 = _SYNC_TYPES["STEP2"]
    UPDATE = _SYNC_TYPES["UPDATE"]


class Kind(enum.Enum):
    """The kind of a decoded message; a server treats step 2 and update alike."""

    STEP1 = "step 1"
    UPDATE = "update"
    AWARENESS = "awareness"
    QUERY_AWARENESS = "query awareness"


class MalformedError(ValueError):
    """The bytes violate a rule. `reason` is one of a fixed set of texts, never the sender's own."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


Message = tuple[Kind, bytes]

_SYNC_KINDS = {0: Kind.STEP1, 1: Kind.UPDATE, 2: Kind.UPDATE}
_UPDATE = bytes((MessageType.SYNC, SyncType.UPDATE))


def read_varuint(data: bytes, at: int) -> tuple[int, int]:
    """The unsigned integer at `at` and the position after it; at most 53 bits in 8 bytes.

    Raises:
        IndexError: the data ends inside the number.
        MalformedError: the number is larger than JavaScript's safe integers.
    """
    byte = data[at]
    at += 1
    if byte < 128:
        return byte, at
    value = byte & 127
    shift = 7
    while shift <= 49:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            if value > MAX_SAFE_INTEGER:
                break
            return value, at
        shift += 7
    raise MalformedError("integer out of range")


def read_bytes(data: bytes, at: int) -> tuple[bytes, int]:
    """The length-prefixed bytes at `at` and the position after them.

    Raises:
        IndexError: the data ends inside the length.
        MalformedError: the length exceeds the data.
    """
    length = data[at]  # of one byte, nearly always
    at += 1
    if length > 127:
        length, at = read_varuint(data, at - 1)
    end = at + length
    if end > len(data):
        raise MalformedError("length exceeds the data")
    return data[at:end], end


def write_varuint(value: int) -> bytes:
    """Encodes `value` in lib0's variable-length encoding, seven bits per byte, lowest first."""
    if value < 128:
        return bytes((value,))
    out = bytearray()
    while value > 127:
        out.append((value & 127) | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def decode_frame(data: bytes) -> list[Message]:
    """The messages in one binary frame, in order.

    An unknown message type is an error: its length is unknown, so what follows could be misread.

    Raises:
        MalformedError: the frame is empty, truncated, or holds something that a client may not
            send.
    """
    if data[:2] == _UPDATE and len(data) > 2 and data[2] == len(data) - 3 < 128:
        return [(Kind.UPDATE, data[3:])]  # nearly all frames
    messages: list[Message] = []
    at, end = 0, len(data)
    try:
        while at < end:
            kind, payload, at = _decode_message(data, at)
            messages.append((kind, payload))
            if len(messages) > MAX_MESSAGES_PER_FRAME:
                raise MalformedError("too many messages in a frame")
    except IndexError:
        raise MalformedError("frame is cut off") from None
    if not messages:
        raise MalformedError("frame is empty")
    return messages


def _decode_message(data: bytes, at: int) -> tuple[Kind, bytes, int]:
    message_type, at = read_varuint(data, at)
    if message_type == MessageType.SYNC:
        sync_type, at = read_varuint(data, at)
        kind = _SYNC_KINDS.get(sync_type)
        if kind is None:
            raise MalformedError("unknown sync message")
        payload, at = read_bytes(data, at)
        return kind, payload, at
    if message_type == MessageType.AWARENESS:
        payload, at = read_bytes(data, at)
        return Kind.AWARENESS, payload, at
    if message_type == MessageType.QUERY_AWARENESS:
        return Kind.QUERY_AWARENESS, b"", at
    raise MalformedError("unknown message type")


def decode_state_vector(
    data: bytes,
    max_clients: int = MAX_STATE_VECTOR_CLIENTS,
    end_step: Callable[[], None] = lambda: None,
) -> dict[int, int]:
    """Client id → number of known clocks; calls `end_step` from time to time.

    Raises:
        MalformedError: truncated, trailing bytes, a duplicate client, too many clients or a clock
            out of range. The client count is checked against the bytes before anything is
            allocated.
    """
    try:
        count, at = read_varuint(data, 0)
        if count > (len(data) - at) // 2 or count > max_clients:
            raise MalformedError("state vector has too many clients")
        clocks: dict[int, int] = {}
        for number in range(count):
            if number % 1000 == 999:
                end_step()
            client, at = read_varuint(data, at)
            clock, at = read_varuint(data, at)
            if clock > MAX_CLOCK:
                raise MalformedError("clock out of range")
            clocks[client] = clock
    except IndexError:
        raise MalformedError("state vector is cut off") from None
    if at != len(data) or len(clocks) != count:
        raise MalformedError("state vector is not canonical")
    return clocks


def encode_state_vector(clocks: dict[int, int]) -> bytes:
    """Encodes client id → clock in the Yjs format."""
    parts = [write_varuint(len(clocks))]
    for client, clock in clocks.items():
        parts.append(write_varuint(client))
        parts.append(write_varuint(clock))
    return b"".join(parts)


def _prefixed(head: bytes, payload: bytes) -> bytes:
    return head + write_varuint(len(payload)) + payload


def encode_step1(state_vector: bytes) -> bytes:
    """Encodes a step 1: asks the peer for everything beyond `state_vector`."""
    return _prefixed(b"\x00\x00", state_vector)


def encode_step2(update: bytes) -> bytes:
    """Encodes a step 2: answers a step 1 with what the peer lacks."""
    return _prefixed(b"\x00\x01", update)


def encode_update(update: bytes) -> bytes:
    """Encodes an update."""
    return _prefixed(b"\x00\x02", update)


def encode_awareness(update: bytes) -> bytes:
    """Encodes the awareness of one or more clients."""
    return _prefixed(b"\x01", update)


def encode_saved(state_vector: bytes) -> bytes:
    """Encodes message 100: the committed state vector."""
    return _prefixed(bytes((MessageType.SAVED,)), state_vector)


# An empty awareness update: stock clients drop a socket that is silent for 30 seconds.
KEEP_ALIVE = encode_awareness(b"\x00")
EMPTY_UPDATE = b"\x00\x00"
EMPTY_STATE_VECTOR = b"\x00"
