"""The Redis server of one's own, and the private module of the wheel that holds it."""

import stat
from pathlib import Path

import pytest
from redis import Redis

from bellwether.embedded import redis
from bellwether.embedded.up import Options, run
from bellwether.errors import Unavailable


def test_the_wheel_still_has_its_server_where_it_is_looked_for() -> None:
    server = redis.bundled()
    assert server.program.is_file()
    assert server.version.startswith("Valkey 9.")
    assert server.origin == "bundled"


def test_it_asks_for_a_password_and_refuses_to_drop_messages(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("bind") == {"bind": "127.0.0.1"}
        assert client.config_get("requirepass")["requirepass"]


def test_the_password_stays_and_is_for_the_owner_alone(tmp_path: Path) -> None:
    server = redis.bundled()
    _, first = redis.configure(server, tmp_path, 6000)
    _, second = redis.configure(server, tmp_path, 6000)
    assert first == second
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_two_homes_have_two_passwords(tmp_path: Path) -> None:
    urls = {redis.configure(redis.bundled(), tmp_path / name, 6000)[1] for name in ("a", "b")}
    assert len(urls) == 2


def test_a_given_server_that_does_not_answer_ends_the_start_at_once(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"the Redis server of REDIS_URL does not answer"):
        run(Options(tmp_path, 0, redis_url="redis://127.0.0.1:9/0"))


def test_a_given_server_with_another_password_ends_the_start_without_showing_it(tmp_path: Path, redis_url: str) -> None:
    wrong = redis_url.replace("redis://:", "redis://:not")
    with pytest.raises(Unavailable, match=r"is the password right") as caught:
        run(Options(tmp_path, 0, redis_url=wrong))
    assert "not" + redis_url[10:20] not in str(caught.value)
