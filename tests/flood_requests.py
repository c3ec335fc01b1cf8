"""The requests of `python -m tests.flood_attackers`: forms of strangers, expensive reads, and what
is expensive to parse.
"""

import base64
import json
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from urllib.parse import quote, urlencode

CSRF = "a" * 32
"""Anybody can choose it: the cookie and the form say the same."""
SPACES = 60_000_000
"""What a picture of a few kilobytes unfolds into."""


@dataclass(frozen=True)
class Aim:
    """Whom the attackers attack, and as whom."""

    port: int
    board: str
    """A board that everybody may view."""
    token: str
    """Of a person without rights to the boards that others draw on."""
    session: str
    """Of the same person."""
    own_board: str
    space: str
    webhook: str

    @property
    def json(self) -> str:
        """For the command line."""
        return json.dumps(asdict(self))


def request(
    aim: Aim,
    line: str,
    body: bytes = b"",
    *,
    kind: str = "",
    is_program: bool = False,
    is_signed_in: bool = False,
    more: str = "",
    accept: str = "text/html",
) -> bytes:
    """One request of HTTP/1.1."""
    head = f"{line} HTTP/1.1\r\nHost: 127.0.0.1:{aim.port}\r\n{more}"
    if is_program:
        head += f"Authorization: Bearer {aim.token}\r\n"
    cookies = f"csrftoken={CSRF}" + (f"; sessionid={aim.session}" if is_signed_in else "")
    if not is_program:
        head += f"Cookie: {cookies}\r\nAccept: {accept}\r\n"
    if kind:
        head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + body


def form(aim: Aim, path: str, *, is_signed_in: bool = False, **fields: str) -> bytes:
    """A form of a page."""
    body = urlencode({"csrfmiddlewaretoken": CSRF, **fields}).encode()
    kind = "application/x-www-form-urlencoded"
    return request(aim, f"POST /{path}", body, kind=kind, is_signed_in=is_signed_in)


def get(path: str, *, is_program: bool = False, is_signed_in: bool = False) -> "Requests":
    """Asks for one address; `{n}` counts."""

    def make(aim: Aim, number: int) -> bytes:
        address = path.format(n=number, **asdict(aim))
        return request(aim, f"GET /{address}", is_program=is_program, is_signed_in=is_signed_in)

    return make


Requests = Callable[[Aim, int], bytes]


def _links(aim: Aim, number: int) -> bytes:
    """Links as they stand in mails, made up."""
    made_up = f"{number:08}" + "A" * 200
    paths = (
        f"account/sign-up/{made_up}",
        f"account/email/{made_up}",
        f"account/password/reset/1-c{number:06}-{'a' * 32}",
        f"invitation/{made_up}",
        f"mail/stop?key={made_up[:190]}",
        f"setup?token={number}",
    )
    return request(aim, f"GET /{paths[number % len(paths)]}")


def _sign_ins(aim: Aim, number: int) -> bytes:
    return form(aim, "login", username=f"alice{number % 50}", password=str(number))


def _sign_ups(aim: Aim, number: int) -> bytes:
    return form(aim, "account/sign-up", email=f"p{number}@example.com")


def _resets(aim: Aim, number: int) -> bytes:
    name = "alice" if number % 2 else f"p{number}"
    return form(aim, "account/password/reset", email=f"{name}@example.com")


def _passkeys(aim: Aim, number: int) -> bytes:
    """A challenge, and an answer that is deep or long."""
    if number % 2:
        return request(aim, "GET /login/passkey", accept="application/json")
    deep = "[" * 9000 + "]" * 9000
    return form(aim, "login/passkey", credential=f'{{"id": {deep}}}')


@cache
def _answers() -> tuple[str, ...]:
    """Answers of an identity provider that hold entities, depth and signatures without end."""
    entities = "".join(
        f'<!ENTITY e{n} "{f"&e{n - 1};" * 20 if n else "x" * 100}">' for n in range(12)
    )
    response = 'xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="_1" Version="2.0"'
    signed = "<d:Reference URI='#_1'><d:Transforms>%s</d:Transforms></d:Reference>" % (
        "<d:Transform Algorithm='http://www.w3.org/TR/1999/REC-xpath-19991116'/>" * 500
    )
    signature = f"<d:Signature xmlns:d='http://www.w3.org/2000/09/xmldsig#'>{signed}</d:Signature>"
    texts = (
        f"<!DOCTYPE r [{entities}]><p:Response {response}>&e11;</p:Response>",
        f"<p:Response {response}>" + "<a>" * 5000 + "</a>" * 5000 + "</p:Response>",
        f"<p:Response {response}>{signature}</p:Response>",
        f"<p:Response {response}>" + "<b/>" * 9000 + "</p:Response>",
    )
    return tuple(base64.b64encode(text.encode()).decode() for text in texts)


def _saml(aim: Aim, number: int) -> bytes:
    texts = _answers()
    return form(aim, "login/saml/answer", SAMLResponse=texts[number % len(texts)])


@cache
def _packed_logout() -> str:
    """A logout that unfolds into much."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    start = b'<p:LogoutRequest xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" ID="a" Version="2.0">'
    packed = packer.compress(start + b"<b/>" * 1_400_000 + b"</p:LogoutRequest>") + packer.flush()
    return quote(base64.b64encode(packed), safe="")


def _way_to_provider(aim: Aim, number: int) -> bytes:
    paths = (
        "login/provider",
        "login/saml",
        f"login/provider/callback?state={number}&code=x",
        f"login/saml/logout?SAMLRequest={_packed_logout()}",
    )
    return request(aim, f"GET /{paths[number % len(paths)]}")


def _logouts(aim: Aim, number: int) -> bytes:
    """Tokens that name a key nobody has, and hold much."""
    head = base64.urlsafe_b64encode(json.dumps({"alg": "RS256", "kid": f"k{number}"}).encode())
    text = f"{head.decode().rstrip('=')}.{'e' * 15_000}.{'s' * 300}"
    return form(aim, "login/provider/logout", logout_token=text)


def _named_people(aim: Aim, number: int) -> bytes:
    """Headers of a proxy, from somewhere else."""
    return request(aim, "GET /", more=f"X-Remote-User: person{number}\r\n")


@cache
def _pictures() -> tuple[tuple[str, bytes], ...]:
    """A PNG and an SVG that unfold into much."""
    text = b'{"type":"excalidraw","version":2,"elements":[' + b" " * SPACES + b"]}"
    packed = zlib.compress(text, 9).decode("latin-1")
    scene = json.dumps({"encoding": "bstring", "compressed": True, "encoded": packed}).encode()
    chunk = b"tEXtapplication/vnd.excalidraw+json\0" + scene
    png = b"\x89PNG\r\n\x1a\n" + (len(chunk) - 4).to_bytes(4) + chunk
    png += zlib.crc32(chunk).to_bytes(4)
    svg = (
        b"<svg><!-- payload-type:application/vnd.excalidraw+json -->"
        b"<!-- payload-version:2 --><!-- payload-start -->"
        + base64.b64encode(scene)
        + b"<!-- payload-end --></svg>"
    )
    return (("image/png", png), ("image/svg+xml", svg))


def _imports(aim: Aim, number: int) -> bytes:
    kind, data = _pictures()[number % 2]
    line = f"POST /api/v1/boards/import?title=x{number}"
    return request(aim, line, data, kind=kind, is_program=True)


def _tests_of_webhooks(aim: Aim, number: int) -> bytes:
    return form(aim, f"account/webhooks/{aim.webhook}", is_signed_in=True, operation="test")


def _tokens(aim: Aim, number: int) -> bytes:
    fields = {"name": f"t{number}", "level": "read", "reach": "all", "days": "30"}
    return form(aim, "account/tokens/new", is_signed_in=True, **fields)


def _invitations(aim: Aim, number: int) -> bytes:
    body = json.dumps({"email": f"p{number}@example.org", "level": "view"}).encode()
    line = f"POST /api/v1/boards/{aim.own_board}/invitations"
    return request(aim, line, body, kind="application/json", is_program=True)


def _downloads(aim: Aim, number: int) -> bytes:
    return form(aim, "account/data", is_signed_in=True)


def _searches(aim: Aim, number: int) -> bytes:
    words = f"e{number % 10} test a b"
    query = urlencode({"q": words})
    if number % 2:
        return request(aim, f"GET /api/v1/search?{query}", is_program=True)
    return request(aim, f"GET /?{query}", is_signed_in=True)


ANSWERED: dict[str, Requests] = {
    "pages": get("board/{board}/public"),
    "reads": get("api/v1/boards/{board}/elements", is_program=True),
    "pictures": get("api/v1/boards/{board}/export.png?padding={n}", is_program=True),
    "sign-ins": _sign_ins,
    "sign-ups": _sign_ups,
    "resets": _resets,
    "mail links": _links,
    "passkeys": _passkeys,
    "saml": _saml,
    "providers": _way_to_provider,
    "logouts": _logouts,
    "proxy headers": _named_people,
    "searches": _searches,
    "bells": get("api/v1/notifications", is_program=True),
    "space pages": get("?space={space}&q={n}", is_signed_in=True),
    "downloads": _downloads,
    "webhooks": _tests_of_webhooks,
    "tokens": _tokens,
    "invitations": _invitations,
    "imports": _imports,
}
"""By kind. Each request follows the answer to the one before."""
