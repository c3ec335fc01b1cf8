"""Refusals that many addresses document."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiResponse

from boards.api.serializers import ProblemSerializer

NOT_FOUND_RESPONSE = OpenApiResponse(
    ProblemSerializer, "No such board, or it is not shared with you: the answer is the same."
)
NOT_MANAGER_RESPONSE = OpenApiResponse(ProblemSerializer, "Only the owner can do this.")
