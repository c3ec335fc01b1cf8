"""Which addresses webhooks may call. A name is looked up once, and what was checked is called."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django.fixtures import Settings

from boards.models import WebhookProblem
from boards.webhooks.addresses import (
    AddressRefusedError,
    NoAddressError,
    checked_addresses,
    may_call,
    target_of,
)
from boards.webhooks.sending import post

INSIDE = (
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.5", "172.16.3.4", "192.168.1.1", "100.64.0.1"),
    *("169.254.169.254", "224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1"),
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.5", "64:ff9b::7f00:1", "64:ff9b::a00:5"),
    *("2002:7f00:1::", "2001:0:0:0::1", "2001:db8::1"),
    *("::7f00:1", "::ffff:0:7f00:1", "64:ff9b:1::a00:5", "fec0::1", "4000::1"),
)
OUTSIDE = ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14")


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_inside_may_not_be_called(address: str) -> None:
    assert not may_call(address)


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_outside_may(address: str) -> None:
    assert may_call(address)


def test_listed_networks_may_be_called(settings: Settings) -> None:
    settings.CANVAS_WEBHOOK_NETWORKS = [
        ipaddress.ip_network("10.0.0.0/24"),
        ipaddress.ip_network("fd12::/16"),
    ]
    for address in ("10.0.0.5", "::ffff:10.0.0.5", "fd12::1"):
        assert may_call(address)
    for address in ("10.0.1.5", "127.0.0.1", "fd13::1"):
        assert not may_call(address)


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.org", "ftp://example.org/", "file:///etc/passwd", "https://", "https:///x"),
        *("https://alice:pw@example.org/", "https://example.org:99999/", "https://exa mple.org/"),
        *("https://example.org/\r\nX: y", "https://exämple.org/", "https://[fe80::1%25eth0]/"),
        *("https://example.org:0/", f"https://example.org/{'x' * 2000}", "https://[::1/"),
    ],
)
def test_anything_else_is_no_address(url: str) -> None:
    with pytest.raises(NoAddressError):
        target_of(url)


def test_an_address_in_its_parts() -> None:
    target = target_of("https://Example.org:8443/a/b?c=d#e")
    assert (target.host, target.port, target.path) == ("example.org", 8443, "/a/b?c=d")
    assert target.authority == "example.org:8443"
    assert target_of("http://[2001:db8::1]").authority == "[2001:db8::1]"


def named(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """A name server that answers differently each time; returns what it was asked."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **kwargs: Any) -> list[Any]:
        asked.append(host)
        addresses = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr("boards.webhooks.addresses.socket.getaddrinfo", getaddrinfo)
    return asked


def test_a_name_is_asked_once_and_what_was_checked_is_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that leads inside a moment later reaches nothing."""
    asked, called = named(monkeypatch, ["93.184.215.14"], ["127.0.0.1"]), []

    def create_connection(address: tuple[str, int], **kwargs: Any) -> socket.socket:
        called.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("boards.webhooks.sending.socket.create_connection", create_connection)
    outcome = post(target_of("https://rebind.example/"), {}, b"{}", seconds=2)
    assert outcome.problem is WebhookProblem.CONNECTION
    assert asked == ["rebind.example"]
    assert called == [("93.184.215.14", 443)]


@pytest.mark.parametrize(
    ("url", "addresses", "problem"),
    [
        ("https://inside.example/", ["10.0.0.5"], WebhookProblem.ADDRESS),
        ("https://both.example/", ["93.184.215.14", "127.0.0.1"], WebhookProblem.ADDRESS),
        ("https://none.example/", [], WebhookProblem.ADDRESS),
        ("http://plain.example/", ["93.184.215.14"], WebhookProblem.PLAIN),
    ],
)
def test_refused_names(
    monkeypatch: pytest.MonkeyPatch, url: str, addresses: list[str], problem: WebhookProblem
) -> None:
    named(monkeypatch, addresses)
    with pytest.raises(AddressRefusedError) as caught:
        checked_addresses(target_of(url))
    assert caught.value.problem is problem
    assert post(target_of(url), {}, b"{}", seconds=2).problem is problem


def test_without_tls_all_addresses_of_a_name_are_of_listed_networks(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.CANVAS_WEBHOOK_NETWORKS = [ipaddress.ip_network("10.0.0.0/24")]
    named(monkeypatch, ["10.0.0.5", "93.184.215.14"])
    with pytest.raises(AddressRefusedError) as caught:
        checked_addresses(target_of("http://both.example/"))
    assert caught.value.problem is WebhookProblem.PLAIN
    assert len(checked_addresses(target_of("https://both.example/"))) == 2


def test_other_spellings_of_inside_are_refused() -> None:
    """The system's resolver takes numbers for addresses; what it makes of them is what counts."""
    for host in ("2130706433", "0x7f000001", "017700000001", "127.1", "0", "localhost"):
        assert post(target_of(f"https://{host}/"), {}, b"{}", seconds=2).problem in (
            WebhookProblem.ADDRESS,
            WebhookProblem.NAME,
        )


def certificate(folder: Path, name: str) -> Path:
    """A certificate with its key, for this name alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.mark.parametrize(
    ("name", "problem"),
    [("localhost", WebhookProblem.NONE), ("other.example", WebhookProblem.CERTIFICATE)],
)
def test_the_certificate_is_checked_for_the_name(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    problem: WebhookProblem,
) -> None:
    settings.CANVAS_WEBHOOK_NETWORKS = [
        ipaddress.ip_network("127.0.0.0/8"),
        ipaddress.ip_network("::1/128"),
    ]
    path = certificate(tmp_path, name)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def serve() -> None:
            plain, _ = server.accept()
            # One that does not trust the certificate goes away.
            with suppress(OSError), context.wrap_socket(plain, server_side=True) as secured:
                # All of it: ending a connection with unread bytes takes the answer away.
                request = b""
                while not request.endswith(b"{}") and (more := secured.recv(10_000)):
                    request += more
                secured.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        outcome = post(target_of(f"https://localhost:{port}/"), {}, b"{}", seconds=10)
        thread.join(10)
    assert outcome.problem is problem
