"""The hash chain of the audit log. Pure: knows no framework, no database.

Each entry's hash is an HMAC-SHA256 over the hash before it and all fields of the entry, with a key
that only the installation has. So an edited, missing, added or swapped entry is detected, unless
the forger also has the key.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

GENESIS = ""
"""The predecessor of the first entry."""
LOST = "lost"
"""The predecessor of the first entry after the head was lost; no hash looks like this."""


def entry_hash(key: bytes, previous: str, fields: Mapping[str, Any]) -> str:
    """The hash of an entry that follows the one with the hash `previous`: 64 hex digits."""
    return _mac(key, "entry", previous, _canonical_fields(fields))


def seal(key: bytes, kind: str, *parts: str | int) -> str:
    """A proof that this installation wrote these parts; `kind` separates different uses."""
    return _mac(key, f"seal:{kind}", *(str(part) for part in parts))


def is_same(first: str, second: object) -> bool:
    """Whether two hashes are equal, in constant time; False for other types."""
    return isinstance(second, str) and hmac.compare_digest(first.encode(), second.encode())


def _mac(key: bytes, *parts: str) -> str:
    text = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _canonical_fields(fields: Mapping[str, Any]) -> str:
    plain = {name: _plain(name, value) for name, value in fields.items()}
    return json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)


def _plain(name: str, value: Any) -> Any:
    """One spelling for each value, from either database."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, UUID):
        return value.hex
    if name == "ip_address" and isinstance(value, str):
        try:
            return str(ipaddress.ip_address(value))
        except ValueError:
            return value
    return value


def check_storable(value: Any) -> None:
    """Raises `TypeError` for data that a database might give back in another spelling.

    PostgreSQL rewrites fractions and refuses null characters; the chain needs exactly what it
    hashed.
    """
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("The names in the data of an audit entry are texts.")
        _check_all(value.keys())
        _check_all(value.values())
    elif isinstance(value, list):
        _check_all(value)
    elif isinstance(value, str):
        if "\0" in value:
            raise TypeError("The data of an audit entry holds no null characters.")
    elif value is not None and not isinstance(value, int):
        raise TypeError(f"The data of an audit entry holds no {type(value).__name__}.")


def _check_all(values: Iterable[Any]) -> None:
    for value in values:
        check_storable(value)
