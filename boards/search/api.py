"""REST view of search."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from boards.api.base import CanvasView
from boards.api.openapi import INVALID
from boards.api.permissions import scopes_of, signed_in
from boards.api.throttles import SearchThrottle
from boards.entry.opened_links import link_ids_of
from boards.search.selectors import answered_in_steps, search
from boards.search.serializers import FoundSerializer, SearchQuerySerializer


class SearchView(CanvasView):
    """Everything that one person may find."""

    throttle_classes = (SearchThrottle,)
    takes_programs = True

    @extend_schema(
        operation_id="search",
        parameters=[SearchQuerySerializer],
        responses={200: FoundSerializer, 400: INVALID},
    )
    def get(self, request: Request) -> Response:
        """Search the boards you own, were given or opened by a link: titles, text, comments, and
        the people on them. The token of a program finds what its scopes may read, and no people."""
        query = SearchQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        values = query.validated_data
        with answered_in_steps():
            found = search(
                signed_in(request),
                values["q"],
                link_ids=() if request.auth is not None else link_ids_of(request._request),
                scopes=scopes_of(request),
                limit=values["limit"],
                board=values.get("board"),
            )
        return Response(FoundSerializer(found).data)
