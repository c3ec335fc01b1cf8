"""Every address refuses people who are not signed in, unless it is on the list here."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.urls import URLPattern, URLResolver, get_resolver

from boards.tests.factories import client_of

OPEN_TO_ALL = {
    "healthz",
    "readyz",
    "sw.js",
    "login",
    "logout",
    "language",
    "api/schema",
    "api/v1/auth/token",
    "admin/login",
}
# Asking is open to who has no access: the answer does not say whether there is such a board.
ASKING = {"board/<uuid:board_id>/request-access", "api/v1/boards/<uuid:board_id>/access-requests"}
REFUSALS = {302, 401, 403, 404, 405}


def all_routes(patterns: object = None, prefix: str = "") -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:  # type: ignore[attr-defined]
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from all_routes(pattern.url_patterns, route)
        else:
            assert isinstance(pattern, URLPattern)
            yield route


def plain(route: str) -> str:
    return route.removeprefix("^").removesuffix("$").removesuffix("/?")


def path_of(route: str) -> str:
    values = {
        "<uuid:board_id>": str(uuid.uuid4()),
        "<str:file_id>": "abc",
        "<int:permission_id>": "1",
        "<int:request_id>": "1",
        "<uuid:link_id>": str(uuid.uuid4()),
        "<uuid:thread_id>": str(uuid.uuid4()),
        "<uuid:comment_id>": str(uuid.uuid4()),
        "<str:format_name>": "csv",
    }
    path = plain(route)
    for name, value in values.items():
        path = path.replace(name, value)
    for name in ("<path:object_id>", "<int:content_type_id>", "<path:url>", "<app_label>"):
        path = path.replace(name, "1")
    return f"/{path}"


CHECKED = sorted({route for route in all_routes() if plain(route).rstrip("/") not in OPEN_TO_ALL})


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize("route", CHECKED)
def test_route_refuses_people_who_are_not_signed_in(route: str, method: str) -> None:
    response = getattr(client_of(None), method)(path_of(route))
    assert response.status_code in REFUSALS, (route, response.status_code)
    if response.status_code == 302:
        assert "/login" in response["Location"]


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
@pytest.mark.parametrize("route", [r for r in CHECKED if "board_id" in r])
def test_board_route_refuses_strangers(charlie: User, route: str, method: str) -> None:
    response = getattr(client_of(charlie), method)(path_of(route))
    if route.rstrip("/") in ASKING and method == "post":
        assert response.status_code in {302, 400, 415}
        return
    assert response.status_code in {403, 404, 405}, (route, response.status_code)


def test_the_list_names_existing_routes_only() -> None:
    existing = {plain(route).rstrip("/") for route in all_routes()}
    assert existing >= OPEN_TO_ALL
