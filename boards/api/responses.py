"""Descriptions of errors that several addresses have."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse

from boards.api.problems import ProblemSerializer

NOT_FOUND_RESPONSE = OpenApiResponse(
    ProblemSerializer, "No such board, or it is not shared with you: the answer is the same."
)
QUOTA_RESPONSES = {
    413: OpenApiResponse(ProblemSerializer, "It does not fit; the text names the limit in bytes."),
    429: OpenApiResponse(
        ProblemSerializer,
        "As many as there may be, or too often, then with `Retry-After`; the text names the limit.",
    ),
}
NOT_MANAGER_RESPONSE = OpenApiResponse(ProblemSerializer, "Only the owner can do this.")
BUSY_RESPONSE = OpenApiResponse(
    ProblemSerializer, "Too much at once; `Retry-After` says when to come back."
)
NOT_MANAGED = {403: NOT_MANAGER_RESPONSE, 404: NOT_FOUND_RESPONSE}
