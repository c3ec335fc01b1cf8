"""Who is on a board right now: awareness states, owner-checked, stamped with the verified name.

Wire format of y-protocols' awareness (https://github.com/yjs/y-protocols/blob/master/awareness.js):
a count, then client id, clock and the state as JSON, each. Never touches the database.
"""

import asyncio
import json
from dataclasses import dataclass
from uuid import UUID

from sync.bus import PRESENCE, Bus
from sync.member import Member
from sync.protocol import Malformed, encode_awareness, read_bytes, read_varuint, write_varuint

MAX_STATE_BYTES = 4096
MAX_ENTRIES = 1000
MAX_CLIENT_IDS_PER_MEMBER = 8
TICK_SECONDS = 0.033
GONE = b"null"


@dataclass(frozen=True, slots=True)
class Entry:
    """One client's state as it came, or `GONE`."""

    client_id: int
    clock: int
    state: bytes


def decode_awareness(update: bytes) -> list[Entry]:
    """The entries of an awareness update; states are cut out, not parsed.

    Raises:
        Malformed: cut off, bytes after the end, or more entries than a board has people.
    """
    try:
        count, at = read_varuint(update, 0)
        if count > MAX_ENTRIES or count * 3 > len(update):
            raise Malformed("too many awareness entries")
        entries = []
        for _ in range(count):
            client_id, at = read_varuint(update, at)
            clock, at = read_varuint(update, at)
            state, at = read_bytes(update, at)
            entries.append(Entry(client_id, clock, state))
    except IndexError:
        raise Malformed("awareness is cut off") from None
    if at != len(update):
        raise Malformed("bytes after the end of awareness")
    return entries


def encode_entries(entries: list[Entry]) -> bytes:
    """The awareness update that says all of `entries`."""
    parts = [write_varuint(len(entries))]
    for entry in entries:
        parts += (
            write_varuint(entry.client_id),
            write_varuint(entry.clock),
            write_varuint(len(entry.state)),
            entry.state,
        )
    return b"".join(parts)


def with_verified_user(state: bytes, user_id: int | None, name: str) -> bytes | None:
    """The state with `user` written by the server; None when it is no usable JSON object."""
    if len(state) > MAX_STATE_BYTES:
        return None
    try:
        value = json.loads(state, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    value["user"] = {"id": None if user_id is None else str(user_id), "name": name}
    return json.dumps(value, separators=(",", ":")).encode()


def _refuse_constant(name: str) -> object:
    # NaN and Infinity are Python's own; a browser's JSON.parse would throw on them.
    raise ValueError(name)


class Presence:
    """The states of one room, each owned by the member that announced it.

    Changes are collected and sent once a tick, so that a frame costs the same for one cursor and
    for fifty.
    """

    def __init__(self, board_id: UUID, members: set[Member], bus: Bus) -> None:
        self._board_id = board_id
        self._members = members
        self._bus = bus
        self._entries: dict[int, Entry] = {}
        self._owners: dict[int, Member | None] = {}
        self._changed: dict[int, Entry] = {}
        self._timer: asyncio.TimerHandle | None = None

    def receive(self, member: Member, update: bytes) -> None:
        """Takes what a member says about itself.

        What it says about others is dropped without a word: stock providers send everybody's
        states again.

        Raises:
            Malformed: the bytes are no awareness update.
        """
        entries = decode_awareness(update)
        for entry in entries:
            if self._owns(member, entry, may_claim=len(entries) == 1):
                self._take(member, entry)

    def _owns(self, member: Member, entry: Entry, *, may_claim: bool) -> bool:
        if entry.client_id in member.client_ids:
            return True
        if not may_claim or entry.state == GONE:
            return False
        if len(member.client_ids) >= MAX_CLIENT_IDS_PER_MEMBER:
            return False
        if entry.client_id in self._owners:
            owner = self._owners[entry.client_id]
            # After a broken connection the same person comes back before the old socket is gone.
            if owner is None or owner.user_id is None or owner.user_id != member.user_id:
                return False
            owner.client_ids.discard(entry.client_id)
        member.client_ids.add(entry.client_id)
        self._owners[entry.client_id] = member
        self._entries.pop(entry.client_id, None)
        return True

    def _take(self, member: Member, entry: Entry) -> None:
        known = self._entries.get(entry.client_id)
        if known is not None and entry.clock <= known.clock and entry.state != GONE:
            return
        if entry.state == GONE:
            self._set(entry)
            return
        admission = member.admission
        state = with_verified_user(entry.state, admission.user_id, admission.name)
        if state is not None:
            self._set(Entry(entry.client_id, entry.clock, state))

    def _set(self, entry: Entry) -> None:
        self._changed[entry.client_id] = entry
        if entry.state == GONE:
            self._entries.pop(entry.client_id, None)
        else:
            self._entries[entry.client_id] = entry
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TICK_SECONDS, self._tick)

    def receive_remote(self, update: bytes) -> None:
        """Takes what another process has already checked and stamped.

        Raises:
            Malformed: the bytes are no awareness update.
        """
        entries = []
        for entry in decode_awareness(update):
            if self._owners.get(entry.client_id) is not None:
                continue
            entries.append(entry)
            if entry.state == GONE:
                self._entries.pop(entry.client_id, None)
                self._owners.pop(entry.client_id, None)
            else:
                self._entries[entry.client_id] = entry
                self._owners[entry.client_id] = None
        if entries:
            self._offer(encode_entries(entries))

    def leave(self, member: Member) -> None:
        """Marks everything the member announced as gone.

        The clock stays: peers accept a null state at the clock they know, and the same client's
        next state, when it comes back, has a higher one.
        """
        for client_id in member.client_ids:
            self._owners.pop(client_id, None)
            entry = self._entries.get(client_id)
            if entry is not None:
                self._set(Entry(client_id, entry.clock, GONE))
        member.client_ids.clear()

    def send_everyone(self, member: Member) -> None:
        """Offers all present states, to a newcomer or to who asks."""
        if self._entries:
            update = encode_entries(list(self._entries.values()))
            member.offer(encode_awareness(update), is_presence=True)

    def _tick(self) -> None:
        self._timer = None
        entries, self._changed = list(self._changed.values()), {}
        update = encode_entries(entries)
        self._offer(update)
        self._bus.publish(self._board_id, PRESENCE, payload=update)

    def _offer(self, update: bytes) -> None:
        frame = encode_awareness(update)
        for member in self._members:
            member.offer(frame, is_presence=True)
