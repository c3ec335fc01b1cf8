"""Who is on a board right now: collects what clients say about themselves and tells everyone.

The clocks that others see are the server's, because a client that comes back announces the clock it
left with, which everyone would ignore. A clock is the time, and grows with every change. Nothing
here touches the database.
"""

import asyncio
import time
from collections.abc import Collection, Sequence
from uuid import UUID

from django.conf import settings

from sync.rooms.bus import PRESENCE, PRESENCE_ASKED, Bus
from sync.rooms.member import Member
from sync.rooms.presence_clients import Client, clock_now, messages
from sync.rooms.presence_register import MayAnnounce, Register
from sync.wire.awareness import GONE, Entry, encode_entry, encode_parts
from sync.wire.frames import encode_awareness

TICK_SECONDS = 0.033
NEWCOMER_SECONDS = 0.1
"""How long a newcomer has to announce itself before it is sent other states of the same person:
until then these may be its own, from an older socket.
"""
KEEP_SECONDS = 1.0
REFRESH_SECONDS = settings.CANVAS_PRESENCE_REMOTE_SECONDS / 3
"""How often other processes are told who is still here; they forget clients not named for three
times as long.
"""


class Presence:
    """The states of one room.

    Changes are collected and sent once per tick, so a frame costs the same for one cursor as for
    fifty; only a client's last state within a tick is parsed.
    """

    def __init__(
        self,
        board_id: UUID,
        members: set[Member],
        bus: Bus,
        may_announce: MayAnnounce,
    ) -> None:
        self._board_id = board_id
        self._members = members
        self._bus = bus
        self._register = Register(may_announce)
        self._entries = self._register.entries
        self._newcomers: dict[Member, float] = {}
        self._refresh_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._keeper: asyncio.TimerHandle | None = None
        self._is_closed = False
        bus.publish(board_id, PRESENCE_ASKED)

    # --- incoming

    def receive(self, member: Member, update: bytes) -> None:
        """Takes an awareness update from a member.

        States of other clients in it are dropped silently: stock providers repeat everyone's
        states.

        Raises:
            MalformedError: the bytes are not an awareness update.
        """
        if self._is_closed or member not in self._members:
            return
        self._register.receive(member, update)
        self._work_later()
        if member in self._newcomers:
            self._tick_later(TICK_SECONDS)

    def leave(self, member: Member) -> None:
        """Removes everything the member announced."""
        self._newcomers.pop(member, None)
        self._register.leave(member)
        self._work_later()

    def send_everyone(self, member: Member) -> None:
        """Sends all present states, to a newcomer or to a client that asks."""
        if self._is_closed or member not in self._members:
            return
        register = self._register
        register.read_states()
        parts = {one.client_id: self._current_part(one) for one in register.shown()}
        if not register.has_announced(member):
            person = register.sender_of(member).person
            for one in register.shown():
                if one.person == person:
                    # No client accepts a state at clock 0 as news.
                    parts[one.client_id] = encode_entry(one.client_id, 0, one.state or GONE)
                    self._newcomers.setdefault(member, time.monotonic() + NEWCOMER_SECONDS)
                    self._tick_later(NEWCOMER_SECONDS)
        self._offer(parts, (member,))
        self._work_later()

    def receive_remote(
        self,
        update: bytes,
        people: Sequence[str] = (),
        ranks: Sequence[int] = (),
        source: str = "",
    ) -> None:
        """Takes states that another process has checked and stamped, or repeats.

        Raises:
            MalformedError: the bytes are no awareness update.
        """
        if not self._is_closed:
            self._register.receive_remote(update, people, ranks, source)
            self._work_later()

    def forget_process(self, process: str) -> None:
        """Removes everyone on another process, which has closed the board or ended."""
        if not self._is_closed:
            self._register.forget_process(process)
            self._work_later()

    def answer(self) -> None:
        """Repeats everything soon, because another process has opened the board and knows
        nobody.
        """
        self._refresh_at = 0.0
        self._keep_later()

    # --- once a tick

    def _work_later(self) -> None:
        if self._register.has_work:
            self._tick_later(TICK_SECONDS)
        if self._entries:
            self._keep_later()

    def _tick_later(self, seconds: float) -> None:
        if self._is_closed:
            return
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            if self._timer.when() <= loop.time() + seconds:
                return
            self._timer.cancel()
        self._timer = loop.call_later(seconds, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._register.read_states()
        self._send_changes()
        self._send_newcomers()
        if self._register.has_work:
            self._tick_later(TICK_SECONDS)
        if self._newcomers:
            self._tick_later(NEWCOMER_SECONDS)

    def _send_changes(self) -> None:
        """Sends what fits into one tick, oldest first."""
        budget = int(settings.CANVAS_PRESENCE_BYTES_PER_SECOND * TICK_SECONDS)
        register = self._register
        parts: dict[int, bytes] = {}
        told: list[Client | Entry] = []
        for client_id in list(register.changed):
            client = self._entries.get(client_id)
            departed = register.departed.get(client_id)
            if client is not None and client.is_shown:
                part = self._next_part(client)
                if client.owner is not None and part:
                    told.append(client)
            else:
                part = encode_entry(client_id, departed.clock, GONE) if departed else b""
                if departed is not None and departed.was_here:
                    told.append(Entry(client_id, clock_now(), GONE))
            del register.changed[client_id]
            if part:
                parts[client_id] = part
                budget -= len(part)
            if budget < 0:
                break
        self._offer(parts, self._members)
        self._tell_processes(told)

    @staticmethod
    def _next_part(client: Client) -> bytes:
        """The client's state with a clock that is new to everyone; empty if it has no state yet."""
        if client.state is None:
            return b""
        client.clock = max(client.clock + 1, clock_now())
        return encode_entry(client.client_id, client.clock, client.state)

    @staticmethod
    def _own_part(client: Client) -> bytes:
        """The same for the client itself, which ignores anything at its own clock."""
        return encode_entry(client.client_id, client.own_clock, client.state or GONE)

    @staticmethod
    def _current_part(client: Client) -> bytes:
        """The same for a newcomer or returning client: what they know is older than now."""
        client.clock = max(client.clock, clock_now())
        return encode_entry(client.client_id, client.clock, client.state or GONE)

    def _send_newcomers(self) -> None:
        now = time.monotonic()
        for member, due_at in list(self._newcomers.items()):
            if due_at <= now or self._register.has_announced(member):
                del self._newcomers[member]
                person = self._register.sender_of(member).person
                shown = [one for one in self._register.shown() if one.person == person]
                self._offer({one.client_id: self._current_part(one) for one in shown}, (member,))

    def _offer(self, parts: dict[int, bytes], members: Collection[Member]) -> None:
        """Sends each member all of `parts`, with its own client's state in a form that it
        ignores.
        """
        if not parts:
            return
        ids = set(parts)
        frame = encode_awareness(encode_parts(list(parts.values())))
        for member in members:
            if member.client_ids.isdisjoint(ids):
                member.offer(frame, is_presence=True)
            else:
                member.offer(self._frame_of(member, parts), is_presence=True)

    def _frame_of(self, member: Member, parts: dict[int, bytes]) -> bytes:
        """`parts` for a member that announced some of it: a client is never news to itself."""
        own = dict(parts)
        for client_id in member.client_ids & own.keys():
            client = self._entries.get(client_id)
            if client is not None and client.is_shown and client.state is not None:
                own[client_id] = self._own_part(client)
            else:
                del own[client_id]
        return encode_awareness(encode_parts(list(own.values())))

    def _tell_processes(self, told: Sequence[Client | Entry]) -> None:
        if not self._bus.has_listeners(self._board_id):
            return
        for message in messages(told):
            self._bus.publish(self._board_id, PRESENCE, **message)

    # --- over time

    def _keep_later(self) -> None:
        """Once a second, while there is anyone."""
        if self._keeper is None and not self._is_closed:
            loop = asyncio.get_running_loop()
            self._keeper = loop.call_later(KEEP_SECONDS, self._keep)

    def _keep(self) -> None:
        self._keeper = None
        self._register.expire()
        if time.monotonic() >= self._refresh_at:
            self._refresh_at = time.monotonic() + REFRESH_SECONDS
            self._tell_processes(self._shown_here())
        if self._register.has_work:
            self._tick_later(TICK_SECONDS)
        if self._entries or self._register.departed:
            self._keep_later()

    def _shown_here(self) -> list[Client]:
        return [client for client in self._register.shown() if client.owner is not None]

    def close(self) -> None:
        """Tells the other processes that everyone here is gone, and stops the timers."""
        if self._is_closed:
            return
        now = clock_now()
        self._tell_processes([Entry(one.client_id, now, GONE) for one in self._shown_here()])
        self._is_closed = True
        for timer in (self._timer, self._keeper):
            if timer is not None:
                timer.cancel()
        self._entries.clear()
