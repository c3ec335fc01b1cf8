"""Targets that read what sockets bring: frames, updates and awareness."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache

from pycrdt import Map

from proof.fuzz.judge import Judge, normal, yjs_judge
from sync.document.document import Document
from sync.document.yjs import DocumentError
from sync.tests.histories import Author
from sync.wire import awareness, frames
from sync.wire.budgets import BoardFullError
from sync.wire.frames import EMPTY_UPDATE, Kind, MalformedError
from sync.wire.update import parse

OWNER = 1
_ENCODERS: dict[Kind, Callable[[bytes], bytes]] = {
    Kind.STEP1: frames.encode_step1,
    Kind.UPDATE: frames.encode_update,
    Kind.AWARENESS: frames.encode_awareness,
    Kind.QUERY_AWARENESS: lambda _: bytes((frames.MessageType.QUERY_AWARENESS,)),
}
_open = ExitStack()


def read_frame(data: bytes) -> None:
    """A frame is refused with a reason, or its messages mean the same when they are written again.

    So do the state vectors in it. Nothing is made up for what is missing at the end.
    """
    try:
        messages = frames.decode_frame(data)
    except MalformedError:
        return
    again = b"".join(_ENCODERS[kind](payload) for kind, payload in messages)
    assert frames.decode_frame(again) == messages, "a frame reads otherwise when written again"
    if messages[-1][1]:
        assert _is_refused(data[:-1]), "a frame that is cut off is read"
    for kind, payload in messages:
        if kind is Kind.STEP1:
            try:
                clocks = frames.decode_state_vector(payload)
            except MalformedError:
                continue
            written = frames.encode_state_vector(clocks)
            assert frames.decode_state_vector(written) == clocks, "a state vector reads otherwise"


def _is_refused(data: bytes) -> bool:
    try:
        frames.decode_frame(data)
    except MalformedError:
        return True
    return False


def read_awareness(data: bytes) -> None:
    """Awareness is refused, or what is passed on is JSON with the verified name in bounds."""
    try:
        entries = awareness.decode_awareness(data)
    except MalformedError:
        return
    assert awareness.decode_awareness(awareness.encode_entries(entries)) == entries
    for entry in entries:
        state = awareness.with_verified_user(entry.state, 7, "Ann", may_present=False)
        if state is None:
            continue
        value = json.loads(state)
        assert value["user"] == {"id": "7", "name": "Ann"}, "somebody appears under another name"
        assert not {"presenting", "private"} & value.keys(), "somebody presents who may not"
        assert json.dumps(value, ensure_ascii=False, allow_nan=False).encode(), "no text"


@cache
def _begun() -> bytes:
    """A board with two elements, in pycrdt's own encoding."""
    author = Author(11)
    author.elements["a"] = Map({"type": "rectangle", "pos": [0, 0], "size": [5, 5]})
    author.elements["b"] = Map({"type": "text", "text": {"text": "héllo 😀", "width": None}})
    del author.elements["b"]["text"]
    return author.doc.get_update()


@cache
def _judge() -> Judge:
    """One process with Yjs for all inputs; it ends with this one."""
    return _open.enter_context(yjs_judge())


def read_update(data: bytes) -> None:
    """An update is refused, or pycrdt takes it, and pycrdt, a snapshot and Yjs read the same."""
    document = Document.load([_begun()], owners={11: OWNER})
    try:
        taken = document.take(data, parse(data), OWNER)
    except (MalformedError, BoardFullError):
        return
    if taken is None or taken.update == EMPTY_UPDATE:
        return
    try:
        document.apply(taken.update)
    except DocumentError:
        return  # the room loads the board again from its rows
    again = Document.load([document.diff()])
    assert again.clocks == document.clocks, "clocks of a snapshot differ"
    assert normal(again.content()) == normal(document.content()), "a snapshot reads otherwise"
    _judge()(0, document, [_begun(), taken.update])
