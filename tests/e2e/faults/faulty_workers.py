"""The four workers with stores that fail: a call is refused, its answer is lost, or the process is killed in it.

Started by ``topology.py`` as ``celery -A faulty_workers:<service>``. Everything else is the product's own.
"""

import os
import random
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from bellwether.bus import worker
from bellwether.bus.worker import Context
from bellwether.collector import tasks as collector_tasks
from bellwether.drift import tasks as drift_tasks
from bellwether.errors import Unavailable
from bellwether.explain import tasks as explain_tasks
from bellwether.lineage import tasks as lineage_tasks
from bellwether.settings import Settings

HOME = Path(os.environ["BELLWETHER_HOME"])
RATE = float(os.environ["BELLWETHER_TEST_FAULT_RATE"])
KILLS = 0.1  # of the faults; a killed process takes a second of a core to come back
CALM, COUNTED = HOME / "calm", HOME / "faults"
WRITES = ("put", "put_many", "commit", "delete", "incr")


class Faulty:
    """Any store or object storage; each call may fail before or after it is done."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self._random = random.Random(os.urandom(8))

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._real, name)
        if not callable(method) or name == "close":
            return method

        def call(*arguments: Any, **options: Any) -> Any:
            if name != "query":  # the reconciler's, many times a second: it would take all the faults
                self._perhaps(f"before {name}")
            answer = method(*arguments, **options)
            if name in WRITES:
                self._perhaps(f"after {name}")
            return answer

        return call

    def _perhaps(self, point: str) -> None:
        chance = self._random.random()
        if chance >= RATE or CALM.exists():
            return
        kill = chance < KILLS * RATE
        with COUNTED.open("a") as file:  # one short line, appended whole
            file.write(f"{'kill' if kill else 'refuse'} {point}\n")
        if kill:
            os.kill(os.getpid(), signal.SIGKILL)
        raise Unavailable(f"refused by the fault harness {point}")


def _open(settings: Settings, service: str) -> Context:
    context = worker.open_context(settings, service)
    return replace(context, documents=Faulty(context.documents), objects=Faulty(context.objects))


def _app(service: str, tasks: Any, warm: Callable[[], None] | None) -> Any:
    return worker.make_worker(service, tasks.build, warm=warm, open_context=_open)


service = os.environ["BELLWETHER_TEST_FAULT_SERVICE"]
modules = {
    "collector": collector_tasks,
    "drift": drift_tasks,
    "explain": explain_tasks,
    "lineage": lineage_tasks,
}
app = _app(service, modules[service], getattr(modules[service], "warm", None))
