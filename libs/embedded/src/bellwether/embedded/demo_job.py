"""Process entry: waits for the topology of a home and runs the demo against it."""

import argparse
import sys
from functools import partial
from pathlib import Path

from bellwether.embedded.home import factory_of, read_run
from bellwether.embedded.topology import Spec


def specification(home: Path, speed: float | None) -> Spec:
    """Return the job: it starts when the gateway answers, and reads from ``run.json`` where everything is."""
    chosen = () if speed is None else ("--speed", str(speed))
    argv = (sys.executable, "-m", "bellwether.embedded.demo_job", "--home", str(home), *chosen)
    return Spec("demo", argv, {"PYTHONUNBUFFERED": "1"}, after=("gateway",), rank=5, start_s=7 * 86400, once=True)


def main() -> None:
    """Run ``bellwether.embedded.demo.run(home, url, key, mlflow_url, speed=..., say=...)``."""
    parser = argparse.ArgumentParser(prog="bellwether.embedded.demo_job", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--speed", type=float, help="days of data a second; else BELLWETHER_DEMO_SPEED")
    arguments = parser.parse_args()
    run = read_run(arguments.home)
    # Here, for the command line loads this module to learn the specification.
    from bellwether.embedded import demo  # noqa: PLC0415

    demo.run(
        arguments.home,
        run["url"],
        run["key"],
        run["mlflow_url"],
        factory=factory_of(run),
        speed=arguments.speed,
        say=partial(print, flush=True),
    )


if __name__ == "__main__":
    main()
