"""What was read from a body is freed with its request."""

import gc
import json
import tracemalloc
from collections.abc import Iterator

import pytest
from django.test import Client

REQUESTS = 10
BODY = json.dumps({"username": [{}] * 20_000, "password": "x"})


@pytest.fixture
def nobody_looks_for_circles() -> Iterator[None]:
    gc.collect()
    gc.disable()
    tracemalloc.start()
    yield
    tracemalloc.stop()
    gc.enable()


@pytest.mark.django_db
def test_a_body_is_freed_with_its_request(nobody_looks_for_circles: None) -> None:
    client = Client()

    def ask() -> int:
        return client.post("/api/v1/auth/token", BODY, "application/json").status_code

    assert ask() == 400
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(REQUESTS):
        ask()
    # The test client itself keeps the bytes; decoded they need twenty times as much.
    assert tracemalloc.get_traced_memory()[0] - before < REQUESTS * 5 * len(BODY)
