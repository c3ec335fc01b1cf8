"""Every error of the REST interface has one shape: a text at `detail`, ready to be shown."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import exception_handler


def refusal(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception; None if it is not meant for clients.

    Views look up what an address names before they work on it. What is missing later was deleted in
    the meantime, so it is a 404.

    Errors by field name stand beside `detail`, which repeats the first of them.
    """
    if isinstance(error, ObjectDoesNotExist):
        error = NotFound()
    response = exception_handler(error, context)
    if response is None:
        return None
    data = response.data = _sayable(response.data)
    if not isinstance(data, dict):
        response.data = {"detail": _first(data)}
    elif not isinstance(data.get("detail"), str):
        response.data = {**data, "detail": _first(data)}
    return response


def _sayable(value: Any) -> Any:
    """Errors that repeat what was sent may hold half a character, which no answer can."""
    if isinstance(value, dict):
        return {_sayable(key): _sayable(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_sayable(one) for one in value]
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def _first(value: Any) -> str:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return next((text for one in value if (text := _first(one))), "")
    return str(value)
