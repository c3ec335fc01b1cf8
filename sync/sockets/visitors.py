"""Which counters a socket counts towards, before and after authentication.

Nothing here reads the database. The claimed identity is enough to tell a client to wait; but only
visits of people who were admitted, or credentials that were refused, make anyone wait.
"""

import base64
import binascii
import json
import time
from collections import Counter
from collections.abc import Hashable

from audit.origin import network_of
from sync.access.admission import Admission
from sync.access.handshake import Request
from sync.sockets.backoff import FREE_ENDS, Backoff
from sync.wire.close_codes import CloseCode

FREE_ENDS_OF_GUESTS = 100
"""For all guests of one board behind one address together."""
FREE_ENDS_OF_AN_ADDRESS = 600
ADDRESS_FORGIVEN_AFTER_SECONDS = 60.0
"""Shorter than for one person: an office shares an address."""
REFUSAL_WEIGHT = 5.0
QUIET_LEAVE_WEIGHT = 0.25
"""Weight of a socket closed by its client, as on a page reload, or because its server restarts: a
class behind one address must not wait because it was moved three times.
"""
MAX_TOKEN_BYTES = 4096

RECORDED_REFUSALS = 20
"""For one network per minute; more rows would say nothing new, and each costs a write."""
MAX_NETWORKS = 10_000

backoff = Backoff()
_recorded: Counter[str] = Counter()
_recorded_minute = 0


class Visitor:
    """One socket that wants to be admitted, counted by network, board and credentials."""

    def __init__(self, kind: str, address: str, request: Request) -> None:
        self.network = network_of(address)
        self._place = (kind, self.network, request.board_id)
        secret = request.token or request.session_key
        self._is_guest = secret is None
        self._credentials = (*self._place, "credentials", secret and hash(secret))
        self._person = (*self._place, "person", _claimed_person(request.token))

    def is_too_soon(self) -> bool:
        """Whether this client was closed so often recently that it has to wait."""
        return backoff.is_too_soon((self._credentials, self._person, ("address", self.network)))

    def count_refusal(self) -> None:
        """Counts a refusal of these credentials."""
        backoff.count((self._credentials,), free=self._free)
        self._count_address(REFUSAL_WEIGHT)

    def should_record(self) -> bool:
        """Whether a refusal that needed no database gets an audit row; counts it."""
        global _recorded_minute
        minute = int(time.monotonic() // 60)
        if minute != _recorded_minute or len(_recorded) > MAX_NETWORKS:
            _recorded.clear()
            _recorded_minute = minute
        _recorded[self.network] += 1
        return _recorded[self.network] <= RECORDED_REFUSALS

    def count_end(self, admission: Admission, code: int | None) -> None:
        """Counts the end of an admitted visit; `code` says who closed the socket and why."""
        seconds = time.monotonic() - admission.admitted_at
        is_quiet = code is None or code < 4000 or code == CloseCode.RESTARTING
        weight = QUIET_LEAVE_WEIGHT if is_quiet else 1.0
        keys: list[Hashable] = [self._credentials]
        if admission.user_id is not None:
            keys.append((*self._place, "person", str(admission.user_id)))
        backoff.count(keys, free=self._free, seconds=seconds, weight=weight)
        if seconds < 1:
            self._count_address(weight)

    def _count_address(self, weight: float) -> None:
        backoff.count(
            (("address", self.network),),
            free=FREE_ENDS_OF_AN_ADDRESS,
            weight=weight,
            forgiven_after=ADDRESS_FORGIVEN_AFTER_SECONDS,
        )

    @property
    def _free(self) -> int:
        return FREE_ENDS_OF_GUESTS if self._is_guest else FREE_ENDS


def _claimed_person(token: str | None) -> str | None:
    """The subject that a token names, unverified; None when it names none."""
    if token is None or len(token) > MAX_TOKEN_BYTES or token.count(".") != 2:
        return None
    part = token.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    subject = claims.get("sub") if isinstance(claims, dict) else None
    return subject if isinstance(subject, str) else None
