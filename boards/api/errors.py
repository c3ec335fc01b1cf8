"""Every refusal of the REST interface has one shape: a text at `detail`, ready to be shown."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import exception_handler


def refusal(error: Exception, context: dict[str, Any]) -> Response | None:
    """What is answered to an error, or None: it is none of those that views tell.

    Views look for what an address names before they work on it: what does not exist after that was
    deleted meanwhile, and is not found.

    What is wrong by the names of fields stands beside `detail`, which says the first of it.
    """
    if isinstance(error, ObjectDoesNotExist):
        error = NotFound()
    response = exception_handler(error, context)
    if response is None:
        return None
    data = response.data
    if not isinstance(data, dict):
        response.data = {"detail": _first(data)}
    elif not isinstance(data.get("detail"), str):
        response.data = {**data, "detail": _first(data)}
    return response


def _first(value: Any) -> str:
    """The first text of nested errors."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return next((text for one in value if (text := _first(one))), "")
    return str(value)
