"""``bellwether dead-letters``: work that was given up."""

import json
from argparse import ArgumentParser, Namespace

from bellwether.cli.exits import USAGE
from bellwether.cli.remote import remote, server_arguments
from bellwether.cli.verb import Verb


def arguments(parser: ArgumentParser) -> None:
    """Take ``list`` and ``replay``."""
    actions = parser.add_subparsers(metavar="action", dest="action", required=True)
    listing = actions.add_parser("list", help="print them as JSON lines, newest first")
    replay = actions.add_parser("replay", help="start their work again, with fresh attempts")
    replay.add_argument("ids", nargs="*", metavar="id", help="which ones")
    replay.add_argument("--all", action="store_true", help="every one there is")
    for action in (listing, replay):
        server_arguments(action)


def run(arguments: Namespace) -> int:
    """List or replay over the API."""
    with remote(arguments) as api:
        if arguments.action == "list":
            for letter in api.items("/dead-letters"):
                print(json.dumps(letter))  # noqa: T201
            return 0
        ids = [letter["id"] for letter in api.items("/dead-letters")] if arguments.all else arguments.ids
        if not ids and not arguments.all:
            print("name the dead letters to replay, or --all")  # noqa: T201
            return USAGE
        for id in ids:
            api.post(f"/dead-letters/{id}:replay")
            print(f"replayed {id}")  # noqa: T201
    return 0


DEAD_LETTERS = Verb("dead-letters", "List work that was given up, or start it again.", arguments, run)
