"""Fixtures for every test of the project: the fixed cast and one board."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache

from boards.levels import AccessLevel
from boards.models import Board
from boards.tests.factories import make_board, make_user


@pytest.fixture(autouse=True)
def _empty_cache() -> Iterator[None]:
    """Throttles count in the cache: no test may use up another one's attempts."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def alice(db: None) -> User:
    """Owns the board."""
    return make_user("alice")


@pytest.fixture
def bob(db: None) -> User:
    """Works on the board with alice: may edit."""
    return make_user("bob")


@pytest.fixture
def charlie(db: None) -> User:
    """A stranger: signed in, but with no permission on the board."""
    return make_user("charlie")


@pytest.fixture
def dana(db: None) -> User:
    """Runs the installation: superuser and staff."""
    return make_user("dana", is_superuser=True)


@pytest.fixture
def board(alice: User, bob: User) -> Board:
    """Alice's private board, shared with bob at the edit level."""
    return make_board(alice, shared_with={bob: AccessLevel.EDIT})
