"""Targets that read who somebody is: tokens, and the handshake with its cookies.

No input holds a secret. Of a token, the first byte chooses one that this process has just signed,
and the rest says how it is changed, so that the fuzzer gets past signatures.
"""

import base64
import binascii
import ipaddress
import time
from functools import cache
from uuid import UUID

import jwt
from django.conf import settings
from django.core import signing

from accounts.tokens.secret import new_secret
from audit.origin import USER_AGENT_MAX_LENGTH
from boards.identity import invitation_tokens, tokens
from boards.identity.guests import MAX_SECRET_LENGTH
from boards.identity.link_tokens import short_token
from sync.access.handshake import is_origin_allowed, read_request
from sync.access.identity import session_store

BOARD = UUID(int=7)
_SECONDS = 86_400
_EDIT_BYTES = 3
_MAX_EDITS = 64


@cache
def signed() -> tuple[str, ...]:
    """A token of each kind, good for a day."""
    key_id, secret = next(iter(settings.CANVAS_JWT_KEYS.items()))
    now = int(time.time())
    claims = {"iss": tokens.ISSUER, "sub": "1", "jti": UUID(int=1).hex, "iat": now, "ver": "v"}
    claims["exp"] = now + _SECONDS
    more = {tokens.AUDIENCE_API: {}, tokens.AUDIENCE_TICKET: {"board": str(BOARD)}}
    jwts = [
        jwt.encode(
            {**claims, "aud": audience, **own}, secret, tokens.ALGORITHM, headers={"kid": key_id}
        )
        for audience, own in more.items()
    ]
    invitation = signing.dumps([UUID(int=2).hex, True], salt=invitation_tokens.SALT)
    return (*jwts, short_token(UUID(int=3)), new_secret(), invitation)


def read_token(data: bytes) -> None:
    """No text makes the server fail, and none that was changed says something else and counts."""
    text, is_changed = _token_of(data)
    fault = tokens.token_fault(text)
    tokens.audience_of(text)
    named = invitation_tokens.named_by_token(text)
    assert named is None or named == (UUID(int=2), True), "a forged invitation counts"
    if fault is None and is_changed and text.count(".") == 2:
        contents = [_decoded(part) for part in text.split(".")[:2]]
        genuine = [[_decoded(part) for part in one.split(".")[:2]] for one in signed()[:2]]
        assert contents in genuine, "a token that this server did not sign counts"


def _token_of(data: bytes) -> tuple[str, bool]:
    """A signed token with some characters replaced, removed or added; or any text."""
    if not data or data[0] >= len(signed()):
        errors = "surrogateescape" if data[:1] == b"\xff" else "replace"  # half characters, or none
        return data[1:].decode("utf-8", errors), True
    text = genuine = signed()[data[0]]
    for at in range(1, min(len(data), _EDIT_BYTES * _MAX_EDITS) - 2, _EDIT_BYTES):
        place = (data[at] << 1 | data[at + 1] >> 7) % (len(text) + 1)
        how = data[at + 1] & 127
        middle = "" if how == 0 else chr(data[at + 2])
        text = text[:place] + middle + text[place + (how % 3 != 1) :]
    return text, text != genuine


def _decoded(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part.encode() + b"=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        return b""


def read_handshake(data: bytes) -> None:
    """Whatever stands in query and headers, the answer is in bounds and that of a page.

    The first line is the query, each other one a header as `name: value`.
    """
    query, *lines = data.split(b"\n")
    headers = [
        (name.strip().lower(), value.strip())
        for name, colon, value in (line.partition(b":") for line in lines)
        if colon
    ]
    scope = {
        **{"type": "websocket", "path": f"/ws/canvas/{BOARD}", "query_string": query},
        **{"headers": headers, "client": ("192.0.2.7", 4711), "server": ("testserver", 80)},
    }
    is_origin_allowed({**scope})
    request = read_request({**scope}, BOARD)
    assert request.session_key is None or b"origin" in dict(headers), "a cookie without an origin"
    assert len(request.guest_secret or "") <= MAX_SECRET_LENGTH
    assert len(request.origin.user_agent) <= USER_AGENT_MAX_LENGTH
    assert "\0" not in request.origin.user_agent, "a user agent that no database keeps"
    if request.origin.ip_address is not None:
        ipaddress.ip_address(request.origin.ip_address)
    if request.token is not None:
        tokens.token_fault(request.token)
    if request.session_key is not None:
        _session_of(request.session_key)


def _session_of(key: str) -> None:
    kept = session_store(key).session_key
    assert kept is None or (kept.isascii() and kept.isalnum()), "a key that is no session's"
