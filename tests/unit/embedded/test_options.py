"""What can be chosen from outside."""

from pathlib import Path

import pytest

from bellwether.embedded.up import Options
from bellwether.errors import InvalidInput


def test_the_defaults_need_nothing() -> None:
    assert Options.read({}) == Options(Path("var"), 8000, cosmos=False, redis_url=None)


def test_everything_can_be_chosen() -> None:
    environ = {"BELLWETHER_HOME": "/srv/b", "PORT": "0", "STORE": "cosmos", "REDIS_URL": "redis://h:1/0"}
    assert Options.read(environ) == Options(Path("/srv/b"), 0, cosmos=True, redis_url="redis://h:1/0")


def test_an_empty_variable_is_none_at_all() -> None:
    assert Options.read({"PORT": "", "STORE": "", "REDIS_URL": "", "BELLWETHER_HOME": ""}) == Options()


@pytest.mark.parametrize("port", ["-1", "65536", "http", "80a"])
def test_a_port_that_is_none_is_named_with_what_is_allowed(port: str) -> None:
    with pytest.raises(InvalidInput, match=rf"PORT is '{port}'; .* from 0 \(any free one\) to 65535"):
        Options.read({"PORT": port})


def test_a_store_that_is_none_is_named_with_what_is_allowed() -> None:
    with pytest.raises(InvalidInput, match=r"STORE is 'oracle'; it has to be sqlite or cosmos"):
        Options.read({"STORE": "oracle"})


def test_the_broker_shows_in_no_message() -> None:
    assert "geheim" not in repr(Options.read({"REDIS_URL": "redis://:geheim@h/0"}))
