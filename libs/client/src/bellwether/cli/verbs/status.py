"""``bellwether status``: what runs in this home."""

import json
import os
from argparse import Namespace

from bellwether.cli.verb import Verb, no_arguments, part


def run(_arguments: Namespace) -> int:
    """Print what stands in ``run.json``; status 1 when nothing runs."""
    up, homes = part("bellwether.embedded.up"), part("bellwether.embedded.home")
    print(json.dumps(homes.read_run(up.Options.read(os.environ).home), indent=2))  # noqa: T201
    return 0


STATUS = Verb("status", "Print address, key and processes of the running topology as JSON.", no_arguments, run)
