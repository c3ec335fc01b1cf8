"""Presence as a client of these tests sends and sees it."""

import json

from sync.tests.yclient import YClient
from sync.wire import frames
from sync.wire.awareness import Entry, decode_awareness, encode_entries


def state_frame(client_id: int, clock: int, state: object) -> bytes:
    entry = Entry(client_id, clock, json.dumps(state).encode())
    return frames.encode_awareness(encode_entries([entry]))


def states_seen_by(client: YClient) -> dict[int, object]:
    """The newest state of everyone, as a stock client would hold it."""
    seen: dict[int, object] = {}
    for update in client.awareness:
        for entry in decode_awareness(update):
            seen[entry.client_id] = json.loads(entry.state)
    return seen


def has_heard_of(client: YClient, client_id: int) -> bool:
    """Whether a client was told that somebody is there, though they may have left since."""
    entries = [entry for update in client.awareness for entry in decode_awareness(update)]
    return any(entry.client_id == client_id and entry.state != b"null" for entry in entries)


def newest_clock(client: YClient, client_id: int) -> int:
    """The highest clock that a client was told of another."""
    entries = [entry for update in client.awareness for entry in decode_awareness(update)]
    return max((entry.clock for entry in entries if entry.client_id == client_id), default=-1)
