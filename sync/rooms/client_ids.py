"""Reserves client ids from the moment someone announces them, before anything is written.

Once written under, a client id belongs to its owner for ever (`sync/document/ownership.py`). Until
then the room reserves it for the client that announced it, in every process. Guests who can only
be told apart by address hold their ids while they are connected.
"""

from collections.abc import Callable
from uuid import UUID

from sync.document.document import Document
from sync.rooms.bus import CLIENT, Bus
from sync.rooms.member import Member
from sync.wire.parsed import Parsed

IN_USE = "This client id is in use by another connection."


class ClientIds:
    """Who may write under which client id of a room, in addition to what the document says."""

    def __init__(self, board_id: UUID, document: Callable[[], Document], bus: Bus) -> None:
        self._board_id = board_id
        self._document = document
        self._bus = bus
        self._holders: dict[int, Member] = {}

    def announce(self, member: Member, client_id: int) -> bool:
        """Reserves a client id for a member that announces it; False if it belongs to someone
        else.
        """
        owners, owner = self._document().owners, member.signer.owner
        if not owners.may_write(client_id, owner) or not self._hold(member, client_id):
            return False
        if member.can_edit and not owners.is_owned(client_id):
            owners.reserve(client_id, owner)
            self._bus.publish(self._board_id, CLIENT, client=client_id, owner=owner)
        return True

    def receive_remote(self, client_id: int, owner: int | None) -> None:
        """Notes that someone announced a client id in another process."""
        self._document().owners.reserve(client_id, owner)

    def may_use(self, member: Member, parsed: Parsed) -> bool:
        """Whether no other connection holds one of the update's client ids."""
        if member.can_be_told_apart:
            return True
        clocks = self._document().clocks
        return all(
            self._hold(member, client)
            for client, _, end in parsed.ranges
            if end > clocks.get(client, 0)
        )

    def leave(self, member: Member) -> None:
        """Releases the reservations of a member."""
        if not member.can_be_told_apart:
            self._holders = {
                client: holder for client, holder in self._holders.items() if holder is not member
            }

    def _hold(self, member: Member, client_id: int) -> bool:
        if member.can_be_told_apart:
            return True
        holder = self._holders.setdefault(client_id, member)
        return holder is member
