"""Frames: everything a client may send is read, anything else is refused."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycrdt import Doc, Map, create_sync_message, create_update_message

from sync.wire import frames
from sync.wire.frames import Kind, MalformedError


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"\x00",
        b"\x00\x00",
        b"\x00\x03\x00",  # no such sync message
        b"\x00\x02\x05ab",  # says five bytes, holds two
        b"\x01\x05ab",
        b"\x02\x00\x00",  # auth is not for clients
        b"\x64\x01\x00",  # nor is saved
        b"\x05",
        b"\x00\x02" + b"\xff" * 1000,
        b"\x03" * 65,
    ],
)
def test_a_malformed_frame_is_refused(frame: bytes) -> None:
    with pytest.raises(MalformedError):
        frames.decode_frame(frame)


def test_several_messages_in_one_frame_are_all_read() -> None:
    frame = frames.encode_update(b"abc") + b"\x03" + frames.encode_step1(b"\x00")
    assert frames.decode_frame(frame) == [
        (Kind.UPDATE, b"abc"),
        (Kind.QUERY_AWARENESS, b""),
        (Kind.STEP1, b"\x00"),
    ]


def test_frames_are_those_of_another_implementation() -> None:
    doc: Doc[Map[int]] = Doc()
    doc.get("elements", type=Map)["a"] = 1
    update = doc.get_update()
    assert frames.encode_step1(doc.get_state()) == create_sync_message(doc)
    assert frames.encode_update(update) == create_update_message(update)
    clocks = frames.decode_state_vector(doc.get_state())
    assert frames.encode_state_vector(clocks) == doc.get_state()


@given(st.integers(0, frames.MAX_SAFE_INTEGER))
@settings(deadline=None)
def test_numbers_come_back_as_they_went(value: int) -> None:
    data = frames.write_varuint(value)
    assert frames.read_varuint(data, 0) == (value, len(data))


@pytest.mark.parametrize("data", [b"\xff" * 8, b"\xff" * 7 + b"\x7f", b"\x80" * 100_000])
def test_numbers_beyond_53_bits_are_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        frames.read_varuint(data, 0)


@given(st.dictionaries(st.integers(0, 2**53 - 1), st.integers(0, 2**31 - 1), max_size=50))
@settings(deadline=None)
def test_state_vectors_come_back_as_they_went(clocks: dict[int, int]) -> None:
    assert frames.decode_state_vector(frames.encode_state_vector(clocks)) == clocks


@given(st.binary(max_size=200))
@settings(max_examples=1000, deadline=None)
def test_random_frames_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(MalformedError):
        assert frames.decode_frame(data)
