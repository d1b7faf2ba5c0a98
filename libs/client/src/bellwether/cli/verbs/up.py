"""``bellwether up``: the empty topology."""

import os
from argparse import Namespace
from functools import partial

from bellwether.cli.verb import Verb, no_arguments, part


def run(_arguments: Namespace) -> int:
    """Run until Ctrl-C."""
    up = part("bellwether.embedded.up")
    return int(up.run(up.Options.read(os.environ), say=partial(print, flush=True)))


UP = Verb("up", "Start everything on this machine, empty; Ctrl-C stops it.", no_arguments, run)
