"""The proxy of `deploy/nginx` in a real nginx: what it hides, overwrites, and where it leads."""

import json
import socket
import subprocess
import tempfile
import urllib.request
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from ssl import CERT_NONE, SSLContext, TLSVersion, create_default_context
from typing import Any

import pytest

from tests.nginx import Nginx, nginx, nginx_path, render
from tests.patience import patient
from tests.ports import free_port
from tests.server import until
from tests.upstream import upstream

pytestmark = pytest.mark.timeout(120)
TOKEN = "eyJhbGciOiJIUzI1NiJ9.secret.token"
BOARD = "0b6c1c7e-3a52-4a0e-9b61-2f6f5f1f9f10"


@pytest.fixture
def ports() -> Iterator[list[int]]:
    """Three servers."""
    with ExitStack() as stack:
        yield [stack.enter_context(upstream()) for _ in range(3)]


@pytest.fixture
def proxy(ports: list[int]) -> Iterator[Nginx]:
    """nginx in front of them."""
    with nginx([f"127.0.0.1:{port}" for port in ports]) as running:
        yield running


def ask(proxy: Nginx, path: str, **headers: str) -> Any:
    """What the server says that it was asked."""
    connection = HTTPConnection("127.0.0.1", proxy.port, timeout=patient(20))
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("GET", path, headers=given)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    assert answer.status == 200, (answer.status, text)
    return json.loads(text)


def socket_port(proxy: Nginx, path: str) -> int:
    """Which server a socket reaches."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=patient(20)) as client:
        client.sendall(
            f"GET {path} HTTP/1.1\r\nHost: x\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n".encode()
        )
        head = b""
        while b"\r\n\r\n" not in head and (more := client.recv(4096)):
            head += more
    assert head.startswith(b"HTTP/1.1 101"), head
    return int(head.lower().split(b"x-port: ")[1].split(b"\r\n")[0])


def ports_of(proxy: Nginx, board: str) -> set[int]:
    """The servers that the page, the sockets and the REST calls of a board reach."""
    paths = [
        f"/board/{board}",
        f"/board/{board}/public?edit=true",
        f"/api/v1/boards/{board}/files/x",
    ]
    found = {ask(proxy, path)["port"] for path in paths}
    return found | {
        socket_port(proxy, f"/ws/{kind}/{board}?saved=1&token={uuid.uuid4()}")
        for kind in ("canvas", "events")
    }


def test_a_board_stays_on_one_server_and_boards_are_spread(proxy: Nginx, ports: list[int]) -> None:
    counts: Counter[int] = Counter()
    for _ in range(30):
        (port,) = ports_of(proxy, str(uuid.uuid4()))
        counts[port] += 1
    assert set(counts) == set(ports)
    assert len({ask(proxy, "/login")["port"] for _ in range(30)}) > 1


def test_a_server_that_is_down_hands_its_boards_over_and_takes_them_back() -> None:
    with ExitStack() as stack:
        stays = stack.enter_context(upstream())
        other = ExitStack()
        goes = other.enter_context(upstream())
        running = stack.enter_context(nginx([f"127.0.0.1:{stays}", f"127.0.0.1:{goes}"]))
        boards = [str(uuid.uuid4()) for _ in range(20)]
        before = {board: ask(running, f"/board/{board}")["port"] for board in boards}
        mine = next(board for board in boards if before[board] == stays)
        theirs = next(board for board in boards if before[board] == goes)
        other.close()
        for _ in range(5):
            assert ports_of(running, theirs) == {stays}
            assert ports_of(running, mine) == {stays}
        with upstream(goes):
            until(lambda: ports_of(running, theirs), lambda found: found == {goes}, 20, 0.2)
            assert ports_of(running, mine) == {stays}


def test_a_frozen_server_loses_its_boards() -> None:
    """It takes connections, as its system does that for it, and never answers; the time is shorter
    here.
    """
    with socket.create_server(("127.0.0.1", 0)) as frozen, upstream() as answers:
        servers = [f"127.0.0.1:{frozen.getsockname()[1]}", f"127.0.0.1:{answers}"]
        with nginx(servers, socket_seconds="1") as running:
            boards = [str(uuid.uuid4()) for _ in range(10)]
            found = {socket_port(running, f"/ws/canvas/{board}") for board in boards}
    assert found == {answers}


def test_no_log_has_a_token(proxy: Nginx, ports: list[int]) -> None:
    ask(proxy, f"/board/{BOARD}?token={TOKEN}", Referer=f"http://x/board/{BOARD}?token={TOKEN}")
    socket_port(proxy, f"/ws/canvas/{BOARD}?token={TOKEN}")
    until(lambda: proxy.access_log, lambda text: f"/ws/canvas/{BOARD}" in text)
    log = proxy.access_log
    assert f'GET "/board/{BOARD}" 200' in log
    assert TOKEN not in log
    assert "token" not in log
    assert TOKEN not in proxy.error_log


def test_no_log_has_a_token_when_no_server_answers() -> None:
    """nginx repeats the whole request line in its error log, unless it is told not to."""
    with nginx([f"127.0.0.1:{free_port()}"]) as alone:
        for path in (
            f"/board/{BOARD}",
            f"/ws/canvas/{BOARD}",
            "/api/v1/boards",
            f"/x/../ws/{BOARD}",
        ):
            connection = HTTPConnection("127.0.0.1", alone.port, timeout=patient(20))
            connection.request("GET", f"{path}?token={TOKEN}")
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 502
        until(lambda: alone.access_log.count(" 502 "), lambda count: count == 4)
        assert TOKEN not in alone.access_log + alone.error_log


def test_what_a_client_claims_about_itself_is_overwritten(proxy: Nginx) -> None:
    claims = {
        "X_Forwarded_For": "203.0.113.9",
        "X_Forwarded_Proto": "https",
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Port": "444",
        "X_Real_IP": "203.0.113.9",
        "Forwarded": "for=203.0.113.9;proto=https",
    }
    headers = ask(proxy, f"/board/{BOARD}", **claims)["headers"]
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"
    assert "203.0.113.9" not in json.dumps(headers)
    assert "evil.example" not in json.dumps(headers)


def test_the_host_is_passed_on_with_its_port(proxy: Nginx) -> None:
    assert (
        ask(proxy, "/", Host="canvas.example.org:8443")["headers"]["host"]
        == "canvas.example.org:8443"
    )


def test_only_sockets_are_upgraded(proxy: Nginx) -> None:
    headers = ask(proxy, "/", Connection="Upgrade", Upgrade="h2c")["headers"]
    assert "upgrade" not in headers


def test_another_proxy_in_front_may_name_the_client() -> None:
    with (
        upstream() as port,
        nginx([f"127.0.0.1:{port}"], CANVAS_PROXY_TRUSTED="127.0.0.0/8") as inner,
    ):
        headers = ask(inner, "/", X_Forwarded_For="198.51.100.1, 203.0.113.9")["headers"]
        assert headers["x-forwarded-for"] == "203.0.113.9"


@pytest.fixture
def certificate(tmp_path: Path) -> dict[str, str]:
    """A self-signed one, as variables of the proxy."""
    paths = {"CERTIFICATE": tmp_path / "cert.pem", "KEY": tmp_path / "key.pem"}
    make = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-subj",
        "/CN=localhost",
    ]
    out = ["-keyout", str(paths["KEY"]), "-out", str(paths["CERTIFICATE"])]
    subprocess.run([*make, *out], check=True, capture_output=True)
    return {f"CANVAS_PROXY_TLS_{name}": str(path) for name, path in paths.items()}


def _trusting() -> SSLContext:
    context = create_default_context()
    context.check_hostname = False
    context.verify_mode = CERT_NONE
    return context


def test_tls_is_told_to_the_server_and_plain_requests_are_sent_to_it(
    certificate: dict[str, str],
) -> None:
    port, unused = free_port(), free_port()
    redirect = {"CANVAS_PROXY_REDIRECT_LISTEN": f"127.0.0.1:{unused}"}
    with upstream(port), nginx([f"127.0.0.1:{port}"], **certificate, **redirect) as secure:
        connection = HTTPSConnection("127.0.0.1", secure.port, timeout=10, context=_trusting())
        connection.request("GET", f"/board/{BOARD}", headers={"X-Forwarded-Proto": "http"})
        assert (
            json.loads(connection.getresponse().read())["headers"]["x-forwarded-proto"] == "https"
        )
        plain = HTTPConnection("127.0.0.1", unused, timeout=patient(20))
        plain.request("GET", "/board/x?y=1", headers={"Host": "canvas.example.org"})
        answer = plain.getresponse()
        assert answer.status == 301
        assert answer.headers["Location"] == "https://canvas.example.org/board/x?y=1"
        for path in ("/api/v1/boards", "/ws/canvas/x"):
            plain = HTTPConnection("127.0.0.1", unused, timeout=patient(20))
            plain.request("GET", path, headers={"Host": "canvas.example.org"})
            assert plain.getresponse().status == 403, "programs are told, not sent on"


@pytest.mark.parametrize(
    ("version", "ciphers", "is_taken"),
    [
        (TLSVersion.TLSv1_3, "", True),
        (TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-GCM-SHA256", True),
        (TLSVersion.TLSv1_2, "ECDHE-ECDSA-AES128-SHA:ECDHE-ECDSA-AES256-SHA384", False),
    ],
)
def test_old_ciphers_are_refused(
    certificate: dict[str, str], version: TLSVersion, ciphers: str, is_taken: bool
) -> None:
    port = free_port()
    none = {"CANVAS_PROXY_REDIRECT_LISTEN": "none"}
    with upstream(port), nginx([f"127.0.0.1:{port}"], **certificate, **none) as secure:
        context = _trusting()
        context.minimum_version = context.maximum_version = version
        if ciphers:
            context.set_ciphers(ciphers)
        connection = HTTPSConnection("127.0.0.1", secure.port, timeout=10, context=context)
        if is_taken:
            connection.request("GET", "/")
            assert connection.getresponse().status == 200
        else:
            with pytest.raises(OSError, match=r"SSL|TLS|alert|reset"):
                connection.request("GET", "/")


@pytest.fixture
def static_root() -> Iterator[Path]:
    """Built files that nginx, which is another account, may read; pytest's folders are private."""
    with tempfile.TemporaryDirectory(prefix="canvas-static-") as name:
        root = Path(name)
        assets = root / "board" / "assets"
        assets.mkdir(parents=True)
        (assets / "main-abcdefgh.js").write_text("built")
        (root / "board" / "sw.js").write_text("worker")
        for path in (root, *root.rglob("*")):  # whatever the umask is
            path.chmod(0o755)
        yield root


def test_built_files_are_kept_for_ever_and_missing_ones_come_from_a_server(
    static_root: Path,
) -> None:
    root = {"CANVAS_PROXY_STATIC_ROOT": str(static_root)}
    with upstream() as port, nginx([f"127.0.0.1:{port}"], **root) as proxy:

        def cached(path: str) -> str:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{proxy.port}{path}", timeout=10
            ) as answer:
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                return str(answer.headers["Cache-Control"])

        assert "immutable" in cached("/static/board/assets/main-abcdefgh.js")
        assert "immutable" not in cached("/static/board/sw.js")
        assert ask(proxy, "/static/board/assets/main-of-before.js")["port"] == port
        for path in ("/static/../etc/passwd", "/static/..%2f..%2fetc/passwd", "/static../x"):
            connection = HTTPConnection("127.0.0.1", proxy.port, timeout=patient(20))
            connection.request("GET", path)
            assert b"root:" not in connection.getresponse().read()


def test_below_a_path_nothing_else_is_passed_on() -> None:
    with upstream() as port, nginx([f"127.0.0.1:{port}"], CANVAS_PATH_PREFIX="/canvas") as proxy:
        assert ask(proxy, f"/canvas/board/{BOARD}")["path"] == f"/canvas/board/{BOARD}"
        for path, status in (("/", 302), ("/board/x", 404), ("/canvasses/", 404)):
            connection = HTTPConnection("127.0.0.1", proxy.port, timeout=patient(20))
            connection.request("GET", path)
            answer = connection.getresponse()
            assert answer.status == status, path
            answer.read()


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"CANVAS_SERVERS": ""}, "set CANVAS_SERVERS"),
        ({"CANVAS_PATH_PREFIX": "canvas"}, "begins with a slash"),
        ({"CANVAS_PROXY_TLS_CERTIFICATE": "/x.pem"}, "needs CANVAS_PROXY_TLS_KEY"),
        ({"CANVAS_PROXY_SERVER_NAME": "x; include /etc/passwd"}, "does not belong there"),
        ({"CANVAS_SERVERS": "a:1;\nserver b:2"}, "does not belong there"),
    ],
)
def test_a_wrong_variable_is_named(variables: dict[str, str], words: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=words):
        render(tmp_path, ["127.0.0.1:1"], **variables)


@pytest.mark.parametrize("prefix", ["", "/canvas"])
@pytest.mark.parametrize("static", ["", "/static"])
@pytest.mark.parametrize("tls", [False, True])
def test_every_form_is_valid(
    prefix: str, static: str, tls: bool, tmp_path: Path, certificate: dict[str, str]
) -> None:
    variables = {"CANVAS_PATH_PREFIX": prefix, "CANVAS_PROXY_STATIC_ROOT": static}
    path = tmp_path / "nginx.conf"
    path.write_text(render(tmp_path, ["127.0.0.1:1"], **variables, **(certificate if tls else {})))
    command = [nginx_path(), "-t", "-q", "-c", str(path), "-e", str(tmp_path / "error.log")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
