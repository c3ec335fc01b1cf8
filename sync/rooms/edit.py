"""What waits to be committed: a validated update and its sender."""

from typing import NamedTuple

from sync.rooms.member import Member
from sync.storage.log import Claim
from sync.wire.parsed import Parsed


class Edit(NamedTuple):
    """A validated update and its sender."""

    member: Member
    update: bytes
    parsed: Parsed
    claims: tuple[Claim, ...] = ()
