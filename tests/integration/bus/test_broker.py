"""What the broker says of itself, and that one which is away is not waited for without end."""

import socket

from redis import Redis

from bellwether.bus.broker import Broker


def test_what_waits_is_counted_by_queue(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        client.rpush("drift", "a", "b", "c")
        client.hset("unacked", "tag", "message")
        state = Broker(redis_url, ["drift", "explain"]).state()
        client.flushall()
    assert state is not None
    assert (state.waiting, state.unacked) == ({"drift": 3, "explain": 0}, 1)
    assert state.memory_bytes > 100_000
    assert state.evicted_keys == 0


def test_a_connection_that_was_cut_is_made_again(redis_url: str) -> None:
    broker = Broker(redis_url, ["drift"])
    assert broker.state() is not None
    with Redis.from_url(redis_url) as client:
        client.client_kill_filter(_type="normal", skipme=True)
    assert broker.state() is not None


def test_one_that_is_away_is_no_state() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert Broker(f"redis://127.0.0.1:{silent.getsockname()[1]}", ["drift"]).state() is None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        assert Broker(f"redis://127.0.0.1:{probe.getsockname()[1]}", ["drift"]).state() is None
