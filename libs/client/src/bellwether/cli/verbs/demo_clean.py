"""``bellwether demo-clean``: removes all that was kept."""

import os
from argparse import Namespace

from bellwether.cli.verb import Verb, no_arguments, part


def run(_arguments: Namespace) -> int:
    """Remove the home, unless something runs in it."""
    up, homes = part("bellwether.embedded.up"), part("bellwether.embedded.home")
    home = up.Options.read(os.environ).home
    removed = homes.remove(home)
    print(f"removed {home.absolute()}" if removed else f"there is no {home.absolute()}")  # noqa: T201
    return 0


DEMO_CLEAN = Verb("demo-clean", "Remove everything the demo kept under BELLWETHER_HOME.", no_arguments, run)
