"""``bellwether models`` and ``bellwether model``: what is watched, and one more."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from bellwether.cli.remote import remote, server_arguments
from bellwether.cli.show import output_arguments, show, status
from bellwether.cli.verb import Verb
from bellwether.client import model

_ROLES = ("prediction", "score", "label", "id", "time")
_COLUMNS = {"status": "shown", "model": "model", "what is happening": "sentence", "batches": "batches"}


def list_arguments(parser: ArgumentParser) -> None:
    """Take where and how."""
    server_arguments(parser)
    output_arguments(parser)


def list_models(arguments: Namespace) -> int:
    """Print every model, the most urgent first."""
    with remote(arguments) as client:
        found = list(client.items("/fleet/summary", limit=500))
    show(arguments, [{**one, "shown": status(one["status"])} for one in found], _COLUMNS)
    return 0


def add_arguments(parser: ArgumentParser) -> None:
    """Take ``add``."""
    add = parser.add_subparsers(metavar="action", dest="action", required=True).add_parser(
        "add", help="create a model and put its reference in force"
    )
    add.add_argument("name", help="lower case letters, digits and hyphens")
    add.add_argument("--task", choices=("binary", "multiclass", "regression"), required=True)
    add.add_argument("--reference", type=Path, required=True, help="rows of a good time: Parquet, Arrow, CSV or JSON")
    for role in _ROLES:
        add.add_argument(f"--{role}", help=f"column of the {role}; guessed from its name without one")
    add.add_argument("--feature", action="append", help="a column the model reads; all others, without one")
    add.add_argument("--mlflow", help="models:/name/version")
    add.add_argument("--owner", help="whom to ask")
    server_arguments(add)


def add_model(arguments: Namespace) -> int:
    """Create the model, push its reference, and wait until that is in force."""
    roles = {role: named for role in _ROLES if (named := getattr(arguments, role))}
    if arguments.feature:
        roles["features"] = arguments.feature
    with remote(arguments) as client:
        made = model(
            arguments.name,
            client=client,
            task=arguments.task,
            mlflow=arguments.mlflow,
            owner=arguments.owner,
            **roles,
        )
        told = made.set_reference(arguments.reference)
        print(f"{arguments.name}: reference of {told['rows']} rows is in force")  # noqa: T201
        for column in told["columns"]:
            print(f"  {column['role']:<11} {column['kind']:<12} {column['name']}")  # noqa: T201
    return 0


MODELS = Verb("models", "List the models that are watched, the most urgent first.", list_arguments, list_models)
MODEL = Verb("model", "Add a model.", add_arguments, add_model)
