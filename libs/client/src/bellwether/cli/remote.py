"""Which server a verb talks to: the one named, else the one that runs in this home."""

import os
from argparse import ArgumentParser, Namespace

from bellwether.cli.verb import part
from bellwether.client import Client


def server_arguments(parser: ArgumentParser) -> None:
    """Take ``--url`` and ``--key``."""
    parser.add_argument("--url", help="address of the gateway; default: the one that runs in BELLWETHER_HOME")
    parser.add_argument("--key", help="API key; default: the one in run.json")


def remote(arguments: Namespace) -> Client:
    """Return a client of the server meant."""
    if arguments.url and arguments.key:
        return Client(arguments.url, arguments.key)
    up, homes = part("bellwether.embedded.up"), part("bellwether.embedded.home")
    run = homes.read_run(up.Options.read(os.environ).home)
    return Client(arguments.url or run["url"], arguments.key or run["key"])
