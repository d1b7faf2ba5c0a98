"""``bellwether keys``: API keys."""

from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime

from bellwether.cli.verb import Verb, part

ROLES = ("viewer", "ingest", "engineer", "operator", "admin")


def arguments(parser: ArgumentParser) -> None:
    """Take ``create``."""
    create = parser.add_subparsers(metavar="action", dest="action", required=True).add_parser(
        "create", help="make a key in the store of the settings and print it, once"
    )
    create.add_argument("--name", required=True, help="what the key is for")
    create.add_argument("--role", choices=ROLES, action="append", required=True, help="may be given several times")


def run(arguments: Namespace) -> int:
    """Write the key to the store itself: the first key is made before anybody can ask the API for one."""
    keys, factory = part("bellwether.gateway.keys"), part("bellwether.storage.factory")
    settings = part("bellwether.settings").load()
    documents = factory.open_store(settings, "gateway")
    try:
        secret, now = keys.server_secret(settings), datetime.now(UTC)
        _, text = keys.create_key(documents, secret, now, arguments.name, arguments.role)
    finally:
        documents.close()
    print(text)  # noqa: T201
    return 0


KEYS = Verb("keys", "Make API keys without the API, as the first one has to be.", arguments, run)
