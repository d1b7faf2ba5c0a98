"""A Celery application whose parent has used its stores before it forks, as no service should."""

import os

from celery import Celery

from bellwether.settings import Settings, load
from bellwether.storage.collections import Collection
from bellwether.storage.factory import open_engine

COLL = Collection("runs")


def _engines() -> list[tuple[str, Settings]]:
    cosmos = load()
    return [("cosmos", cosmos), ("sqlite", cosmos.model_copy(update={"store_url": None}))]


ENGINES = {name: open_engine(settings) for name, settings in _engines()}
for engine in ENGINES.values():
    assert engine.get(COLL, "prefork", "0") is not None

app = Celery("prefork", broker=load().redis_url.get_secret_value(), set_as_current=False)


def copy(number: int) -> None:
    """Copy a document, so that a wrong one would show."""
    for engine in ENGINES.values():
        for _ in range(3):
            found = engine.get(COLL, "prefork", str(number))
            said = None if found is None else found["number"]
            engine.put(COLL, {"id": str(number), "pk": "copies", "number": said, "pid": os.getpid()})


app.task(name="copy", shared=False)(copy)
