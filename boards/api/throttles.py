"""How often one person, or one address without an account, may do what costs others something."""

from __future__ import annotations

from rest_framework.throttling import UserRateThrottle


class BoardCreateThrottle(UserRateThrottle):
    """New boards and copies; the rate is a setting, because imports make many at once."""

    scope = "board_create"


class AccessRequestThrottle(UserRateThrottle):
    """Asking owners for access."""

    scope = "access_request"
    rate = "20/hour"


class TicketThrottle(UserRateThrottle):
    """Socket tickets."""

    scope = "ticket"
    rate = "300/min"


class CommentThrottle(UserRateThrottle):
    """Writing comments."""

    scope = "comment"
    rate = "300/min"
