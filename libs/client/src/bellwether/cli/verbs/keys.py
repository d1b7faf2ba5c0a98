"""``bellwether keys``: API keys."""

from argparse import ArgumentParser, Namespace

from bellwether.cli.verb import Verb, part

ROLES = ("viewer", "ingest", "engineer", "operator", "admin")


def arguments(parser: ArgumentParser) -> None:
    """Take ``create``."""
    create = parser.add_subparsers(metavar="action", dest="action", required=True).add_parser(
        "create", help="make a key in the store of the settings and print it, once"
    )
    create.add_argument("--name", required=True, help="what the key is for")
    create.add_argument("--role", choices=ROLES, default="viewer")


def run(arguments: Namespace) -> int:
    """Write the key to the store itself: the first key is made before anybody can ask the API for one."""
    keys = part("bellwether.gateway.keys")
    settings = part("bellwether.settings").load()
    print(keys.create(settings, name=arguments.name, role=arguments.role))  # noqa: T201
    return 0


KEYS = Verb("keys", "Make API keys without the API, as the first one has to be.", arguments, run)
