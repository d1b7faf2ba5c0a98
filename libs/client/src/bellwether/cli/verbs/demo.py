"""``bellwether demo``: the topology with two models on real data."""

import os
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from functools import partial

from bellwether.cli.verb import Verb, part


def arguments(parser: ArgumentParser) -> None:
    """Take the replay's speed."""
    parser.add_argument(
        "--speed", type=float, help="days of data a second, 0: as fast as they are taken; else BELLWETHER_DEMO_SPEED"
    )


def run(arguments: Namespace) -> int:
    """Run until Ctrl-C; the replay is a job beside the services."""
    up, job = part("bellwether.embedded.up"), part("bellwether.embedded.demo_job")
    options = replace(up.Options.read(os.environ), factory=True)
    say = partial(print, flush=True)
    return int(up.run(options, jobs=[job.specification(options.home.absolute(), arguments.speed)], say=say))


DEMO = Verb("demo", "Start everything, train two models, replay a year of flights.", arguments, run)
