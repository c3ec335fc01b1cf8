"""Sends mail without making anybody wait for it."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait

from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils.translation import gettext

logger = logging.getLogger(__name__)

MAX_WAITING = 200
"""Mails that wait for the mail server; further ones are dropped, and the log says so."""

_sender = ThreadPoolExecutor(max_workers=2, thread_name_prefix="canvas-mail")
_waiting = threading.Semaphore(MAX_WAITING)
_running: set[Future[None]] = set()


def is_mail_configured() -> bool:
    """Whether this installation can send mail."""
    return bool(settings.EMAIL_HOST) or not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")


def whom_to_ask() -> str:
    """Who helps when mail can't: in words, for a sentence of its own."""
    contact = settings.CANVAS_HELP_CONTACT
    if contact:
        return gettext("Ask %(contact)s.") % {"contact": contact}
    return gettext("Ask the person who runs this server.")


def is_address_known() -> bool:
    """Whether links can be made without a request."""
    return bool(settings.CANVAS_ADDRESS or settings.LISTENING_ADDRESS)


def public_address(path: str, request: HttpRequest | None = None) -> str:
    """What people open for a path that `reverse` gave to this thread, as mails say it.

    Without `CANVAS_ADDRESS` links follow the Host of the request, one of `DJANGO_ALLOWED_HOSTS`,
    and without a request they lead to where `serve` listens. With it they never follow the Host,
    which is chosen by the person who asks for a mail to somebody else.

    `CANVAS_PATH_PREFIX` is in it once: the setting may have it or not, and so may the path, as
    Django knows the prefix in the main thread and in requests only.
    """
    if request is not None and not settings.CANVAS_ADDRESS:
        return request.build_absolute_uri(path)
    prefix = settings.CANVAS_PATH_PREFIX
    known = settings.CANVAS_ADDRESS or settings.LISTENING_ADDRESS
    address = known.rstrip("/").removesuffix(prefix)
    return f"{address}{prefix}{path.removeprefix(get_script_prefix().rstrip('/'))}"


def send_soon(message: EmailMessage) -> None:
    """Sends it on another thread: how long that takes tells nobody whether an account exists."""
    if not _waiting.acquire(blocking=False):
        logger.error("mail: %d mails wait for the mail server; one was dropped", MAX_WAITING)
        return
    future = _sender.submit(_send, message)
    _running.add(future)
    future.add_done_callback(_running.discard)


def wait_until_sent() -> None:
    """Returns when everything was sent that `send_soon` took before."""
    wait(list(_running))


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except Exception as error:  # noqa: BLE001 - of the mail server: the thread goes on
        # No addresses, and nothing of the mail, which may hold a link that signs people in.
        logger.error("mail: not sent: %s", type(error).__name__)
    finally:
        _waiting.release()
