"""The REST interface behaves as its schema says, for every actor and every state.

Generated requests, valid and invalid, at existing and missing addresses. CANVAS_SCHEMA_EXAMPLES
asks for more of them, in another order each time.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
import yaml
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, settings
from pytest_django.fixtures import Settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from audit.tests.actors import by
from boards.identity.tokens import issue_access_token
from boards.models import Folder, Webhook
from boards.tests.matrix import LEVELS, STATES
from boards.tests.world import World, enter_state, make_world
from boards.webhooks.services import CHOICES, webhook_create, webhook_test
from sync.programs.versions import version_create
from sync.tests.test_every_action import draw

EXAMPLES = int(os.environ.get("CANVAS_SCHEMA_EXAMPLES", "0"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
CSRF = "a" * 32
# In C: it takes seconds otherwise, in each process that collects tests.
SCHEMA = yaml.load(
    (django_settings.BASE_DIR / "docs" / "openapi.yaml").read_text(), yaml.CSafeLoader
)
OPERATIONS = [
    (path, method)
    for path, methods in SCHEMA["paths"].items()
    for method in methods
    if method != "parameters"
]
BY_TOKEN = ("owner by token", "editor by token", "stranger by token", "bad token")
ACTORS = (*LEVELS, *BY_TOKEN)


@pytest.fixture
def world(db: None, settings: Settings, tmp_path: Path) -> World:
    settings.CANVAS_FILES_DIR = tmp_path
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]
    made = make_world()
    draw(made.board, made.people["owner"])
    owner = made.people["owner"]
    url = "https://ci.example/"
    webhook, _ = webhook_create(owner=owner, name="CI", url=url, events=CHOICES, by=by(owner))
    webhook_test(webhook)
    version_create(board=made.board, name="First", author=made.people["owner"])
    return made


@pytest.fixture(scope="module")
def schema() -> Any:
    loaded = schemathesis.openapi.from_dict(SCHEMA)
    loaded.app = WSGIHandler()
    return loaded


@contextmanager
def nothing_remains() -> Iterator[None]:
    """Undoes what a request does; and as Django's own client, lets none close the connection."""
    cache.clear()
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def credentials_of(world: World, actor: str) -> dict[str, str]:
    """The headers by which this actor comes; scripts of our pages send the CSRF token as well."""
    if actor == "bad token":
        return {"Authorization": "Bearer nonsense"}
    if actor in BY_TOKEN:
        token, _ = issue_access_token(world.people[actor.split()[0]])
        return {"Authorization": f"Bearer {token}"}
    cookies = f"csrftoken={CSRF}"
    if morsel := world.clients[actor].cookies.get(django_settings.SESSION_COOKIE_NAME):
        cookies += f"; {morsel.key}={morsel.value}"
    return {"Cookie": cookies, "X-CSRFToken": CSRF}


def ids_of(world: World) -> dict[str, Any]:
    """What an address has to name to be about something that is there."""
    board = world.board
    thread = board.comment_threads.get()
    webhook = Webhook.objects.get()
    return {
        "board_id": board.pk,
        "space_id": board.space_id,
        "folder_id": Folder.objects.get().pk,
        "link_id": board.share_links.get(label="view link").pk,
        "permission_id": board.permissions.get(user__username="viewer").pk,
        "request_id": board.access_requests.get().pk,
        "version_id": board.versions.get().pk,
        "thread_id": thread.pk,
        "invitation_id": board.invitations.get().pk,
        "token_id": uuid4(),
        "webhook_id": webhook.pk,
        "delivery_id": webhook.deliveries.get().pk,
        "comment_id": thread.comments.get().pk,
        "file_id": "abc",
        "library": str(board.space_id),
        "item_id": uuid4(),
    }


def cells() -> Iterator[tuple[str, str]]:
    """Every actor, each time in another state."""
    rnd = random.Random() if EXAMPLES else random.Random(7)
    while True:
        for actor in rnd.sample(ACTORS, len(ACTORS)):
            yield actor, rnd.choice(STATES)


def for_every_case(operation: Any, mode: GenerationMode, examples: int) -> Callable[..., Any]:
    """Runs a check with generated requests."""
    return lambda check: settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=not EXAMPLES,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )(given(case=operation.as_strategy(generation_mode=mode))(check))


@pytest.mark.timeout(300 + EXAMPLES * 60)
def test_answers_are_those_of_the_schema(world: World, schema: Any) -> None:
    order, ids, rnd = cells(), ids_of(world), random.Random(3)

    def check(case: Any) -> None:
        actor, state = next(order)
        if rnd.random() < 0.8:
            case.path_parameters = {
                name: str(ids.get(name, value)) for name, value in case.path_parameters.items()
            }
        with nothing_remains():
            enter_state(world.board, state)
            headers = {**dict(case.headers or {}), **credentials_of(world, actor)}
            response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)

    for path, method in OPERATIONS:
        operation = schema[path][method]
        for_every_case(operation, GenerationMode.POSITIVE, EXAMPLES or 6)(check)()
        for_every_case(operation, GenerationMode.NEGATIVE, EXAMPLES or 4)(check)()


def test_authentication_is_not_ignored(world: World, schema: Any) -> None:
    """Neither where it is missing nor where it is wrong, at the addresses that need it."""
    ids, headers = ids_of(world), credentials_of(world, "owner by token")

    def check(case: Any) -> None:
        case.path_parameters = {name: str(ids[name]) for name in case.path_parameters}
        with nothing_remains():
            case.call_and_validate(headers=headers, checks=[ignored_auth])

    for path, method in OPERATIONS:
        if {} not in SCHEMA["paths"][path][method].get("security", [{}]):
            for_every_case(schema[path][method], GenerationMode.POSITIVE, 1)(check)()
