"""Reads configuration from the environment and rejects invalid values."""

import contextlib
import ipaddress
import os
import re
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def env_str(name: str, default: str = "") -> str:
    """The variable's value, or `default` if it is unset or empty."""
    return os.environ.get(name) or default


def env_str_or_file(name: str) -> str:
    """The variable's value, or the text of the file that `name`_FILE names; empty without either.

    Raises:
        ImproperlyConfigured: the file can't be read.
    """
    if value := os.environ.get(name):
        return value
    if file_name := os.environ.get(f"{name}_FILE"):
        try:
            return Path(file_name).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE={file_name!r}: {error.strerror}") from None
    return ""


def env_bool(name: str, *, default: bool) -> bool:
    """True for 1/true/yes/on, False for 0/false/no/off.

    Raises:
        ImproperlyConfigured: the value is none of these.
    """
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r}: use true or false")


def env_int(name: str, default: int, *, at_least: int = 0) -> int:
    """A whole number, at least `at_least`.

    Raises:
        ImproperlyConfigured: the value is not a number, or too small.
    """
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    try:
        number = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r}: use a whole number") from None
    if number < at_least:
        raise ImproperlyConfigured(f"{name}={number}: must be {at_least} or more")
    return number


_PATH_PREFIX = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")


def env_path_prefix(name: str) -> str:
    """The path below which everything is served, as `/canvas`: with a leading slash and without one
    at the end. Empty for the root.

    Raises:
        ImproperlyConfigured: the value is not such a path.
    """
    value = os.environ.get(name, "").strip().rstrip("/")
    if value and not _PATH_PREFIX.fullmatch(value):
        raise ImproperlyConfigured(f"{name}={value!r}: write a path like /canvas")
    return value


def env_cookie_prefix(name: str, *, is_https: bool, path_prefix: str) -> str:
    """The beginning of the names of cookies, of which browsers know what it promises (RFC 6265bis).

    `__Secure-`: only over TLS; `__Host-`: and only of this host, for all its paths.
    """
    value = env_str(name)
    if value not in ("", "__Secure-", "__Host-"):
        raise ImproperlyConfigured(f"{name}: write __Host- or __Secure-, or nothing")
    if value and not is_https:
        raise ImproperlyConfigured(f"{name}: browsers keep such cookies with CANVAS_HTTPS alone")
    if value == "__Host-" and path_prefix:
        raise ImproperlyConfigured(f"{name}: with CANVAS_PATH_PREFIX write __Secure-")
    return value


def env_list(name: str, default: list[str]) -> list[str]:
    """Comma-separated values, stripped."""
    value = os.environ.get(name, "")
    return [part.strip() for part in value.split(",") if part.strip()] or default


def env_networks(name: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Comma-separated addresses and networks.

    Raises:
        ImproperlyConfigured: an entry is neither, or a network of all addresses.
    """
    networks = []
    for part in env_list(name, []):
        try:
            network = ipaddress.ip_network(part)
        except ValueError:
            raise ImproperlyConfigured(
                f"{name}: {part!r} is no address and no network; write 10.0.0.5 or 10.0.0.0/24"
            ) from None
        if network.prefixlen == 0:
            raise ImproperlyConfigured(f"{name}: {part!r} is everybody")
        networks.append(network)
    return networks


def env_secret(name: str, path: Path) -> str:
    """A secret from `name`, from the file `name`_FILE, or from `path`, where it is created once.

    The file is readable only by its owner and never overwritten, so that two processes starting at
    the same moment end up with the same secret.
    """
    if value := os.environ.get(name):
        return value
    if file_name := os.environ.get(f"{name}_FILE"):
        return Path(file_name).read_text().strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            with contextlib.suppress(FileExistsError):
                os.link(fresh, path)
        finally:
            fresh.unlink()
    return path.read_text().strip()


def env_keys(name: str, path: Path) -> dict[str, str]:
    """Signing keys as `kid:secret,kid:secret`; the first one signs, all verify.

    Raises:
        ImproperlyConfigured: an entry is not of the form kid:secret, or a secret has fewer than 32
            characters.
    """
    if not (value := os.environ.get(name)):
        return {"default": env_secret(name, path)}
    keys: dict[str, str] = {}
    for part in value.split(","):
        kid, _, secret = part.strip().partition(":")
        if not kid or len(secret) < 32:
            raise ImproperlyConfigured(
                f"{name}: write kid:secret, secrets of 32 characters or more"
            )
        keys[kid] = secret
    return keys
