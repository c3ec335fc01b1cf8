"""Takes what other processes tell about the boards that are open in this one."""

from collections.abc import Mapping
from uuid import UUID

from django.conf import settings

from sync.rooms.bus import ACCESS, EVENT, HOME, BusMessage
from sync.rooms.events import EventHub
from sync.rooms.room import Host, Room
from sync.rooms.state import RoomEntry, State


class News:
    """Passes messages on to rooms and events sockets; the bus reports to it (`BusHost`)."""

    def __init__(self, entries: Mapping[UUID, RoomEntry], hub: EventHub, host: Host) -> None:
        self._entries = entries
        self._hub = hub
        self._host = host

    def receive(self, board_id: UUID, message: BusMessage) -> None:
        """Hands a message to the board's room and events sockets."""
        kind = message["type"]
        if kind == EVENT:
            self._hub.send(board_id, message["event"], message.get("people"))
            return
        if kind == HOME:
            if message["server"] != settings.SERVER_NAME:
                self._host.board_goes_home(board_id)
            return
        if kind == ACCESS:
            self._host.access_has_changed(board_id)
        entry = self._entries.get(board_id)
        if entry is None:
            return
        if entry.state is State.LOADING:
            entry.has_missed_updates = True
        else:
            entry.room.receive_remote(message)

    def process_came(self, board_id: UUID) -> None:
        """Tells it who is here."""
        if room := self._room(board_id):
            room.presence.answer()

    def process_left(self, board_id: UUID, process: str) -> None:
        """Removes everyone who was there."""
        if room := self._room(board_id):
            room.presence.forget_process(process)

    def others_are_at(self, board_id: UUID, seq: int) -> None:
        """Reads the rows if others have committed more than this process knows."""
        entry = self._entries.get(board_id)
        if entry is None:
            return
        if entry.state is State.LOADING:
            entry.has_missed_updates = entry.has_missed_updates or seq > 0
        elif seq > entry.room.head.seq and not entry.room.is_committing:
            entry.room.mark_behind()

    def seq_of(self, board_id: UUID) -> int:
        """The head of a loaded room."""
        room = self._room(board_id)
        return room.head.seq if room else 0

    def _room(self, board_id: UUID) -> Room | None:
        entry = self._entries.get(board_id)
        return entry.room if entry is not None and entry.is_loaded else None
