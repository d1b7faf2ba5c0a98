"""Which server a verb talks to: the one named, else the environment's, else the one that runs in this home."""

from argparse import ArgumentParser, Namespace

from bellwether.client import Client, connect


def server_arguments(parser: ArgumentParser) -> None:
    """Take ``--url`` and ``--key``."""
    parser.add_argument("--url", help="address of the gateway; BELLWETHER_URL, or the one that runs in BELLWETHER_HOME")
    parser.add_argument("--key", help="API key; BELLWETHER_KEY, or the one in run.json")


def remote(arguments: Namespace) -> Client:
    """Return a client of the server meant."""
    return connect(arguments.url, arguments.key)
