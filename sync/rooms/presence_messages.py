"""What processes tell each other about their clients, each with its person and rank."""

from collections.abc import Iterator, Sequence
from typing import TypedDict

from sync.rooms.presence_order import Client, rank_byte
from sync.wire.awareness import Entry, encode_entry, encode_parts

MAX_MESSAGE_BYTES = 1 << 16


class Message(TypedDict):
    """The arguments of `Presence.receive_remote` in another process."""

    payload: bytes
    people: list[str]
    ranks: list[int]


def messages(told: Sequence[Client | Entry]) -> Iterator[Message]:
    """All of `told`, in as many messages as necessary; an `Entry` says that its client is gone."""
    parts: list[bytes] = []
    people: list[str] = []
    ranks: list[int] = []
    size = 0
    for one in told:
        if isinstance(one, Entry):
            parts.append(encode_entry(one.client_id, one.clock, one.state))
        elif one.state is not None:
            parts.append(encode_entry(one.client_id, one.said, one.state))
        else:
            continue
        people.append("" if isinstance(one, Entry) else one.person)
        ranks.append(0 if isinstance(one, Entry) else rank_byte(one))
        size += len(parts[-1])
        if size > MAX_MESSAGE_BYTES:
            yield Message(payload=encode_parts(parts), people=people, ranks=ranks)
            parts, people, ranks, size = [], [], [], 0
    if parts:
        yield Message(payload=encode_parts(parts), people=people, ranks=ranks)
