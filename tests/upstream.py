"""A server behind a proxy that says what arrived, for tests of the proxy."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class _Echo(BaseHTTPRequestHandler):
    """Says what arrived, and on which server."""

    protocol_version = "HTTP/1.1"
    server: ThreadingHTTPServer

    def do_GET(self) -> None:
        """Answers with the request; opens a socket when asked to, and closes it."""
        if self.headers.get("Upgrade") == "websocket":
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "upgrade")
            self.send_header("X-Port", str(self.server.server_port))
            self.end_headers()
            self.close_connection = True
            return
        said = {
            "port": self.server.server_port,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
        }
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""


class _Server(ThreadingHTTPServer):
    """Ends like a process: its connections end with it."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Echo)
        self._accepted: list[socket.socket] = []

    def get_request(self) -> tuple[socket.socket, Any]:
        """Remembers the connection."""
        connection, address = super().get_request()
        self._accepted.append(connection)
        return connection, address

    def close_all(self) -> None:
        """Ends what is still open."""
        self.server_close()
        for connection in self._accepted:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def upstream(port: int = 0) -> Iterator[int]:
    """One server behind the proxy; its port."""
    server = _Server(port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.close_all()
        thread.join()
