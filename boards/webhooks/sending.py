"""One HTTP request of a webhook: to a checked address, bounded in time, nothing of the answer but
its status, and no redirects.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boards.models import WebhookProblem
from boards.webhooks.addresses import AddressRefusedError, Target, checked_addresses

MAX_ADDRESSES = 3
"""Of one name that are tried."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended."""

    problem: WebhookProblem
    duration_ms: int
    status: int | None = None


def post(target: Target, headers: Mapping[str, str], body: bytes, *, seconds: float) -> Outcome:
    """Sends it and waits for the answer, `seconds` at most once the name is found. Never raises
    for what the other side does.
    """
    begun = time.monotonic()
    status: int | None = None
    deadline = _Deadline(seconds)
    try:
        addresses = checked_addresses(target)
        with deadline:
            plain = _connected(target, addresses, deadline)
            status = _status_of(target, plain, headers, body, deadline)
        # What ends in the middle of a head counts as its end for the parser.
        problem = WebhookProblem.TIMEOUT if deadline.is_over else _problem_of(status)
    except AddressRefusedError as error:
        problem = error.problem
    except ssl.SSLCertVerificationError:
        problem = WebhookProblem.CERTIFICATE
    except (OSError, http.client.HTTPException, ValueError) as error:
        is_late = deadline.is_over or isinstance(error, TimeoutError)
        problem = WebhookProblem.TIMEOUT if is_late else WebhookProblem.CONNECTION
    return Outcome(problem, int((time.monotonic() - begun) * 1000), status)


class _Deadline:
    """Closes the connection when the time is over, whatever it is waiting for. Timeouts of sockets
    are about one read each: an answer that drips would never end by them.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.is_over = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def watch(self, connection: socket.socket) -> None:
        self._socket = connection
        if self.is_over:
            self._end()

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        self.is_over = True
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it is closed already
                # Not that of TLS, which would take its state away from the thread that reads.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _connected(target: Target, addresses: Sequence[str], deadline: _Deadline) -> socket.socket:
    """A connection to the first address that takes one."""
    failed: OSError = ConnectionError()
    for address in addresses[:MAX_ADDRESSES]:
        if deadline.is_over:
            break
        try:
            return socket.create_connection((address, target.port), timeout=deadline.seconds)
        except OSError as error:
            failed = error
    raise failed


def _status_of(
    target: Target,
    plain: socket.socket,
    headers: Mapping[str, str],
    body: bytes,
    deadline: _Deadline,
) -> int:
    connection = http.client.HTTPConnection(target.host, target.port)
    try:
        deadline.watch(plain)
        connection.sock = plain
        if target.is_https:
            context = ssl.create_default_context()
            secured = context.wrap_socket(
                plain, server_hostname=target.host, do_handshake_on_connect=False
            )
            connection.sock = secured
            deadline.watch(secured)
            secured.do_handshake()
        connection.request("POST", target.path, body, {"Host": target.authority, **headers})
        return connection.getresponse().status
    finally:
        if connection.sock is not None:
            connection.sock.close()
        plain.close()
        connection.close()


def _problem_of(status: int) -> WebhookProblem:
    if 200 <= status < 300:
        return WebhookProblem.NONE
    if status == http.client.GONE:
        return WebhookProblem.GONE
    return WebhookProblem.REDIRECT if 300 <= status < 400 else WebhookProblem.STATUS
