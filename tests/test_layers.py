"""Both channel layers between processes keep the same promises; each instance is one process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import psycopg
import pytest
import pytest_asyncio
import redis

from canvas_project.bus import bus_of
from canvas_project.postgres_layer import APPLICATION_NAME, PostgresChannelLayer
from canvas_project.redis_layer import RedisChannelLayer
from tests.services import cut_bus_connections

MakeLayer = Callable[[], Any]


@pytest.fixture(params=["redis", "postgres"])
def bus(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def own_database(postgres_url: str) -> str:
    """A database with nothing in it but the table of large messages."""
    with psycopg.connect(postgres_url, autocommit=True) as database:
        database.execute("CREATE DATABASE layers")
    own = f"{postgres_url.rpartition('/')[0]}/layers"
    with psycopg.connect(own, autocommit=True) as database:
        database.execute(
            "CREATE TABLE canvas_project_layermessage"
            " (id bigserial PRIMARY KEY, payload bytea, created_at timestamptz)"
        )
    return own


@pytest_asyncio.fixture
async def make_layer(bus: str, redis_url: str, own_database: str) -> AsyncIterator[MakeLayer]:
    made: list[Any] = []

    def make() -> Any:
        if bus == "redis":
            layer: Any = RedisChannelLayer(**bus_of("redis", redis_url, "").layer["CONFIG"])
        else:
            layer = PostgresChannelLayer(capacity=100, connection={"conninfo": own_database})
        made.append(layer)
        return layer

    yield make
    for layer in made:
        if bus == "redis":
            await layer.flush()
        else:
            await layer.close()


async def received(layer: Any, channel: str, count: int) -> list[Any]:
    """The numbers of the next messages."""
    async with asyncio.timeout(10):
        return [(await layer.receive(channel))["number"] for _ in range(count)]


def message(number: int, size: int = 10) -> dict[str, Any]:
    return {"type": "test", "number": number, "payload": bytes(size)}


async def test_each_member_of_a_group_gets_each_message_in_order(make_layer: MakeLayer) -> None:
    layers = [make_layer() for _ in range(3)]
    channels = [await layer.new_channel("test") for layer in layers]
    for layer, channel in zip(layers, channels, strict=True):
        await layer.group_add("both" if layer is not layers[2] else "other", channel)
    for number in range(0, 100, 10):
        await asyncio.gather(
            *(layers[0].group_send("both", message(number + step)) for step in range(10))
        )
    await layers[0].group_send("other", message(1000))
    for layer, channel in zip(layers[:2], channels[:2], strict=True):
        assert await received(layer, channel, 100) == list(range(100))
    assert await received(layers[2], channels[2], 1) == [1000]


async def test_a_message_reaches_one_channel(make_layer: MakeLayer) -> None:
    one, other = make_layer(), make_layer()
    channel, neighbour = await one.new_channel("test"), await one.new_channel("test")
    await other.send(channel, message(1))
    await other.send(neighbour, message(2))
    assert await received(one, channel, 1) == [1]
    assert await received(one, neighbour, 1) == [2]


async def test_who_left_a_group_gets_nothing_more(make_layer: MakeLayer) -> None:
    one, other = make_layer(), make_layer()
    channel = await one.new_channel("test")
    await one.group_add("group", channel)
    await one.group_discard("group", channel)
    await other.group_send("group", message(1))
    await other.send(channel, message(2))
    assert await received(one, channel, 1) == [2]


@pytest.mark.parametrize("size", [5_000, 6_000, 1_000_000])
async def test_a_large_message_arrives_between_small_ones(make_layer: MakeLayer, size: int) -> None:
    one, other = make_layer(), make_layer()
    channel = await one.new_channel("test")
    await one.group_add("group", channel)
    sizes = {1: 10, 2: size, 3: 10}
    await asyncio.gather(
        *(other.group_send("group", message(number, size)) for number, size in sizes.items())
    )
    async with asyncio.timeout(10):
        for number, size in sizes.items():
            assert await one.receive(channel) == message(number, size)


async def test_after_a_broken_connection_messages_pass_again(
    make_layer: MakeLayer, bus: str, redis_url: str, own_database: str
) -> None:
    one, other = make_layer(), make_layer()
    channel = await one.new_channel("test")
    await one.group_add("group", channel)
    await other.group_send("group", message(0))
    assert await received(one, channel, 1) == [0]
    if bus == "redis":
        with redis.Redis.from_url(redis_url) as connection:
            for kind in ("pubsub", "normal"):
                connection.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
    else:
        with psycopg.connect(own_database, autocommit=True) as database:
            cut_bus_connections(database)
    sending = asyncio.create_task(_send_again_and_again(other))
    async with asyncio.timeout(20):
        while True:
            with contextlib.suppress(ConnectionError):  # it says that something may be lost
                assert (await one.receive(channel))["number"] > 0
                break
    sending.cancel()


async def _send_again_and_again(layer: Any) -> None:
    for number in range(1, 1000):
        with contextlib.suppress(Exception):
            await layer.group_send("group", message(number))
        await asyncio.sleep(0.05)


async def test_postgresql_forgets_a_channel_on_which_nobody_receives_any_more(
    own_database: str,
) -> None:
    layer = PostgresChannelLayer(connection={"conninfo": own_database})
    kept = await layer.new_channel("kept")
    for _ in range(3):
        given_up = await layer.new_channel("given-up")
        receiving = asyncio.create_task(layer.receive(given_up))
        await asyncio.sleep(0.05)
        receiving.cancel()
        await asyncio.wait({receiving})
    await layer.group_add("group", kept)
    connection = layer._connection()
    assert connection._listens_to == {f"c:{kept}", "g:group"}
    assert set(connection._queues) == {kept}
    await layer.close()


async def test_a_process_that_only_sends_keeps_no_connection(own_database: str) -> None:
    layer = PostgresChannelLayer(connection={"conninfo": own_database})
    await layer.group_send("group", message(1))
    await asyncio.sleep(0.05)
    with psycopg.connect(own_database, autocommit=True) as database:
        query = "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s"
        assert layer._connection()._postgres is None
        assert database.execute(query, (APPLICATION_NAME,)).fetchone()
