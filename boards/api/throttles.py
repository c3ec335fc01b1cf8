"""Rate limits of REST addresses, per account, or per network without one."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle, SimpleRateThrottle, UserRateThrottle
from rest_framework.views import APIView

from accounts.limits.throttle import Full, Limit, count_event
from audit.origin import client_network_of


class CountedThrottle(SimpleRateThrottle):
    """Counts in the database, atomically and for all processes, by the same networks as other
    limits."""

    num_requests: int | None
    duration: int | None
    _full: Full | None = None

    def allow_request(self, request: Request, view: APIView) -> bool:
        key = self.get_cache_key(request, view) if self.rate is not None else None
        if key is None or self.num_requests is None or self.duration is None:
            return True
        self._full = count_event(Limit("rest", (key,), self.num_requests, self.duration))
        return self._full is None

    def get_ident(self, request: Request) -> str:
        """Who a request without an account counts for."""
        return client_network_of(request._request)

    def wait(self) -> float | None:
        return self._full.seconds if self._full else None


class ScopedThrottle(ScopedRateThrottle, CountedThrottle):
    pass


class BoardCreateThrottle(UserRateThrottle, CountedThrottle):
    """New boards and copies. The rate is a setting, because imports create many at once."""

    scope = "board_create"


class TicketThrottle(UserRateThrottle, CountedThrottle):
    """Socket tickets."""

    scope = "ticket"
    rate = "300/min"


class CommentThrottle(UserRateThrottle, CountedThrottle):
    """Writing comments."""

    scope = "comment"
    rate = "300/min"


class WorkshopThrottle(UserRateThrottle, CountedThrottle):
    """Steps of a workshop, and dots."""

    scope = "workshop"
    rate = "300/min"


class SearchThrottle(UserRateThrottle, CountedThrottle):
    """Searches. The rate is a setting, because a word that is typed is several searches."""

    scope = "search"


class SuggestionThrottle(UserRateThrottle, CountedThrottle):
    """Names offered while someone types."""

    scope = "suggestion"
    rate = "120/min"


class LibraryThrottle(UserRateThrottle, CountedThrottle):
    """Reading and changing libraries."""

    scope = "library"
    rate = "600/min"
