"""People misbehave, or their networks do; the server goes on, or dies on top of it."""

import socket
from collections.abc import Callable
from functools import partial
from threading import Thread
from urllib.parse import urlsplit

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from proof.chaos.crash_kinds import after_a_crash
from proof.chaos.hostile import attack
from proof.chaos.kinds import SQLITE, Kind
from proof.chaos.proxy import Proxies
from proof.chaos.stage import Seat, Stage

CROWD = 32
LARGE_CROWD = 490
"""With those who draw, as many as one address may have at once."""
PILE = 1500
"""Operations of somebody who was away for long: more than any limit on one part of a message."""


def _maybe_kill(stage: Stage) -> None:
    if stage.random.random() < 0.5:
        for server in stage.system.servers:
            server.kill()


def half_frames(stage: Stage) -> None:
    """Sockets end in the middle of a frame, a handshake, or a message; some stay open like that."""
    stage.rest()
    for _ in range(6):
        address = f"{stage.system.servers[0].socket_base}/{stage.board}?token={stage.tokens['bob']}"
        whole = bytes([0, 2, 200, 1]) + stage.random.randbytes(200)
        try:
            with connect(address, open_timeout=5, close_timeout=0.1) as opened:
                stage.rest(0.0, 0.05)
                head = bytes([0x82, 0xFE, 0x03, 0xE8]) + stage.random.randbytes(4)
                frame = head + stage.random.randbytes(stage.random.randrange(900))
                opened.socket.sendall(stage.random.choice((head[:3], frame, whole)))
                stage.rest(0.0, 0.05)
                opened.socket.shutdown(socket.SHUT_RDWR)
        except (OSError, WebSocketException, TimeoutError):
            continue
    _half_handshake(address)
    _maybe_kill(stage)
    after_a_crash(stage)


def _half_handshake(address: str) -> None:
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5) as half:
        half.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: 127".encode())


def frozen(stage: Stage) -> None:
    """Half of the people stand still with open sockets, and go on as if nothing had happened."""
    stage.rest()
    host = stage.hosts[1]
    with host.frozen():
        stage.rest(0.3, 1.5)
        _maybe_kill(stage)
        stage.system.heal()
        stage.newcomer()
    for seat in stage.seats:
        if seat.host is host:
            stage.journal.write("thawed", who=seat.who)


def crowd(size: int, stage: Stage) -> None:
    """Many who only look lose their sockets at once, and all come back at once."""
    seats = []
    for number in range(size):
        host = stage.hosts[number % len(stage.hosts)]
        seats.append(Seat(stage.new_name("c"), stage.person(number), host, 0))
        stage.enter(seats[-1])
    all_synced(stage, seats)
    for server in stage.system.servers:
        server.kill()
    stage.leave(stage.share())
    stage.system.heal()
    stage.newcomer()
    stage.come_back()
    if not all_synced(stage, seats):
        stage.journal.write("note", text="not everybody of the crowd came back")
    for host in stage.hosts:
        host.call("close", who=[one.who for one in seats if one.host is host])


def all_synced(stage: Stage, seats: list[Seat]) -> bool:
    """Waits for the first sync of all."""

    def have_all() -> bool:
        for host in stage.hosts:
            states = host.call("states", who=[one.who for one in seats if one.host is host])
            if not all(one["synced"] for one in states.values()):
                return False
        return True

    return stage.until(have_all, 60)


def hostile(stage: Stage) -> None:
    """Somebody who may edit sends what no honest client would."""
    attack(stage)
    _maybe_kill(stage)
    after_a_crash(stage)


def flips(stage: Stage) -> None:
    """What somebody may do is taken away and given again; a newcomer looks in between."""
    for _ in range(3):
        person = stage.random.choice(("bob", "charlie"))
        stage.rest(0.0, 0.15)
        stage.level(person, stage.random.choice(("view", "none")))
        if stage.random.random() < 0.2:
            _maybe_kill(stage)
            stage.system.heal()
        stage.newcomer()
        stage.rest(0.0, 0.15)
        if stage.random.random() < 0.8:
            stage.level(person, "edit")
    after_a_crash(stage)


def long_offline(stage: Stage) -> None:
    """Some leave, draw very much, and come back together; sometimes the server dies meanwhile."""
    stage.rest()
    stage.leave(0.6)
    for seat in stage.seats:
        if seat.is_away:
            seat.host.call("pile", who=[seat.who], count=PILE)
    stage.rest()
    stage.come_back()
    stage.rest(0.0, 0.5)
    _maybe_kill(stage)
    after_a_crash(stage)


def programs(stage: Stage) -> None:
    """Programs draw by REST beside people, and the server dies under their requests."""
    first = stage.take_numbers(16)
    persons = [stage.person(number) for number in range(2)]

    def draw(person: str, start: int) -> None:
        for number in range(start, start + 8):
            stage.draw_by_rest(person, number)

    threads = [
        Thread(target=draw, args=(person, first + 8 * at)) for at, person in enumerate(persons)
    ]
    for thread in threads:
        thread.start()
    stage.rest(0.02, 0.2)
    _maybe_kill(stage)
    after_a_crash(stage)
    for thread in threads:
        thread.join()


def before_proxies(disturb: Callable[[Stage], None]) -> Callable[[Stage], None]:
    """Everybody reaches the server through a proxy of their own network."""

    def begin(stage: Stage) -> None:
        stage.system.heal()
        proxies = Proxies()
        stage.at_close.callback(proxies.close)
        stage.proxies = [
            proxies.to(server.port, stage.plan.seed + number)
            for number in range(2)
            for server in stage.system.servers
        ]
        stage.bases = [
            f"ws://127.0.0.1:{one.port}{urlsplit(stage.system.servers[0].socket_base).path}"
            for one in stage.proxies
        ]
        disturb(stage)

    return begin


def slow_networks(stage: Stage) -> None:
    """Every network has latency, jitter and loss."""
    for one in stage.proxies:
        one.slow(0.005, stage.random.uniform(0.01, 0.15), loss=0.1)


def latency(stage: Stage) -> None:
    """The networks are slow all the time; the server dies on top of it."""
    stage.rest(0.1, 0.5)
    _maybe_kill(stage)
    after_a_crash(stage)


def broken_networks(stage: Stage) -> None:
    """Networks hold everything, or lose every connection, and come back."""
    for one in stage.proxies:
        stage.rest(0.0, 0.1)
        if stage.random.random() < 0.5:
            one.cut()
        else:
            one.hold()
    stage.rest(0.1, 0.6)
    if stage.random.random() < 0.3:
        _maybe_kill(stage)
        stage.system.heal()
    for one in stage.proxies:
        one.release()
    stage.newcomer()


KINDS = (
    Kind("half frames", SQLITE, half_frames),
    Kind("frozen clients", SQLITE, frozen),
    Kind("reconnecting at once", SQLITE, partial(crowd, CROWD)),
    Kind("500 reconnecting at once", SQLITE, partial(crowd, LARGE_CROWD)),
    Kind("hostile clients", SQLITE, hostile, promises={"has_others": True}),
    Kind("permission flips", SQLITE, flips),
    # A large update is committed in parts, the deletions last.
    Kind("long offline", SQLITE, long_offline, promises={"orders_deletions": False}),
    Kind("programs beside people", SQLITE, programs, promises={"has_programs": True}),
    Kind("latency and loss", SQLITE, latency, before_proxies(slow_networks)),
    Kind("broken networks", SQLITE, broken_networks, before_proxies(lambda stage: None)),
)
