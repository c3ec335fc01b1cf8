"""Links as tests make, use and end them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from audit.tests.actors import by
from boards.identity.tokens import link_token
from boards.levels import AccessLevel
from boards.models import Board, ShareLink
from boards.sharing.links import share_link_create, share_link_revoke


def make_link(board: Board, level: AccessLevel = AccessLevel.EDIT, **values: Any) -> ShareLink:
    return share_link_create(board=board, level=level, by=by(board.owner), **values)


def revoke(link: ShareLink) -> None:
    share_link_revoke(link=link, by=by(link.board.owner))


def enter(board: Board, link: ShareLink, client: Client | None = None) -> tuple[Client, Any]:
    client = client or Client()
    return client, client.get(f"/board/{board.pk}", {"token": link_token(link)})


def expire(link: ShareLink) -> None:
    ShareLink.objects.filter(pk=link.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
