"""``bellwether store``: maintenance of the document store."""

from argparse import ArgumentParser, Namespace

from bellwether.cli.verb import Verb, part


def arguments(parser: ArgumentParser) -> None:
    """Take ``provision``."""
    actions = parser.add_subparsers(metavar="action", dest="action", required=True)
    actions.add_parser("provision", help="create the database and its containers where they are missing")


def run(_arguments: Namespace) -> int:
    """Create what is missing in the store of the settings."""
    settings = part("bellwether.settings").load()
    part("bellwether.storage.factory").provision(settings)
    print(f"provisioned {settings.store}")  # noqa: T201
    return 0


STORE = Verb("store", "Prepare the document store of the settings.", arguments, run)
