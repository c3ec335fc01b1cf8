"""How often one person, or one address without an account, may do what costs others something."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle, SimpleRateThrottle, UserRateThrottle
from rest_framework.views import APIView

from audit.origin import client_network_of
from boards.limits.throttle import Full, Limit, count_event


class CountedThrottle(SimpleRateThrottle):
    """Counts where every process sees it, in one step; an address is the one that limits use."""

    num_requests: int | None
    duration: int | None
    _full: Full | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Counts the request, or says that there were too many."""
        key = self.get_cache_key(request, view) if self.rate is not None else None
        if key is None or self.num_requests is None or self.duration is None:
            return True
        self._full = count_event(Limit("rest", (key,), self.num_requests, self.duration))
        return self._full is None

    def get_ident(self, request: Request) -> str:
        """Whom a request without an account counts for."""
        return client_network_of(request._request)

    def wait(self) -> float | None:
        """Seconds until there is room."""
        return self._full.seconds if self._full else None


class ScopedThrottle(ScopedRateThrottle, CountedThrottle):
    """The rate of the view's ``throttle_scope`` in the settings."""


class BoardCreateThrottle(UserRateThrottle, CountedThrottle):
    """New boards and copies; the rate is a setting, because imports make many at once."""

    scope = "board_create"


class TicketThrottle(UserRateThrottle, CountedThrottle):
    """Socket tickets."""

    scope = "ticket"
    rate = "300/min"


class CommentThrottle(UserRateThrottle, CountedThrottle):
    """Writing comments."""

    scope = "comment"
    rate = "300/min"
