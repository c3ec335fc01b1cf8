"""Headers of WebSocket frames (RFC 6455, section 5.2), read and written. Pure."""

WHOLE_BINARY = 0x82
FINAL, CONTROL, MASKED, LENGTH = 0x80, 0x08, 0x80, 0x7F
MASK_BYTES = 4


def frame_end(data: bytes | bytearray, at: int) -> tuple[int, int] | None:
    """The start of the payload of the client's frame at `at`, and the end of the frame.

    None if the header is incomplete.
    """
    if len(data) < at + 2:
        return None
    length, header = data[at + 1] & LENGTH, 2
    if length >= 126:
        header = 4 if length == 126 else 10
        if len(data) < at + header:
            return None
        length = int.from_bytes(data[at + 2 : at + header], "big")
    payload = at + header + (MASK_BYTES if data[at + 1] & MASKED else 0)
    return payload, payload + length


def binary_frame(payload: bytes) -> bytes:
    """A whole unmasked binary frame, as a server sends it."""
    length = len(payload)
    if length < 126:
        return bytes((WHOLE_BINARY, length)) + payload
    if length < 65536:
        return b"\x82\x7e" + length.to_bytes(2, "big") + payload
    return b"\x82\x7f" + length.to_bytes(8, "big") + payload
