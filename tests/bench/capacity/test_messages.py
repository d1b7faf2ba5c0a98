"""What a message takes in Redis, and what sending it costs."""

import time

import pytest
from redis import Redis

from bellwether.bus import Ticket
from bellwether.bus.celery import CeleryDoorbell, make_celery
from bellwether.settings import Settings

COUNT = 2_000


@pytest.mark.bench
def test_what_a_message_takes(redis_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    bell = CeleryDoorbell(make_celery(Settings(redis_url=redis_url)))
    bell.ring(Ticket("drift|0", "w~" + "0" * 32, "drift.assess"))  # connects
    with Redis.from_url(redis_url) as client:
        before, began = client.info("memory")["used_memory"], time.process_time()
        for number in range(COUNT):
            bell.ring(Ticket("drift|0", f"w~{number:032}", "drift.assess"))
        spent = (time.process_time() - began) / COUNT
        took = (client.info("memory")["used_memory"] - before) / COUNT
        assert client.llen("drift") == COUNT + 1
    with capsys.disabled():
        print(f"\na message takes {took:.0f} bytes in Redis, and {1000 * spent:.2f} ms of processor to send")
