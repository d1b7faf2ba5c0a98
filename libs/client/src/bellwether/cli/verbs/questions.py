"""``bellwether explain``, ``kpis`` and ``incidents``: the answers of the pages, in a terminal."""

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any

from bellwether.cli.remote import remote, server_arguments
from bellwether.cli.show import output_arguments, show, status
from bellwether.cli.verb import Verb
from bellwether.client import model

PERSONAS = ("business", "data_engineer", "data_scientist", "operator")


def explain_arguments(parser: ArgumentParser) -> None:
    """Take the model and the prediction."""
    parser.add_argument("name", help="the model")
    parser.add_argument("id", help="id of the prediction")
    server_arguments(parser)
    output_arguments(parser)


def explain(arguments: Namespace) -> int:
    """Print what each feature added to one answer."""
    with remote(arguments) as client:
        told = model(arguments.name, client=client).explain(arguments.id)
    if arguments.output != "json":
        for reason in told.get("reasons") or ():
            print(reason)  # noqa: T201
    rows = told.get("contributions") or ()
    show(arguments, rows, {"feature": "feature", "value": "value", "contribution": "contribution"})
    return 0


def kpis_arguments(parser: ArgumentParser) -> None:
    """Take the model and for whom."""
    parser.add_argument("name", help="the model")
    parser.add_argument("--persona", choices=PERSONAS, default="business")
    parser.add_argument("--top", type=int, default=5)
    server_arguments(parser)
    output_arguments(parser)


def kpis(arguments: Namespace) -> int:
    """Print the indicators that matter to a persona now."""
    with remote(arguments) as client:
        found = model(arguments.name, client=client).kpis(arguments.persona, arguments.top)
    show(arguments, [_shown(one) for one in found], {"status": "shown", "indicator": "title", "in words": "sentence"})
    return 0


def incidents_arguments(parser: ArgumentParser) -> None:
    """Take which state."""
    parser.add_argument("--state", default="open", help="open (default), acknowledged, resolved, ...")
    server_arguments(parser)
    output_arguments(parser)


def incidents(arguments: Namespace) -> int:
    """Print incidents, newest first."""
    with remote(arguments) as client:
        found = list(client.items("/incidents", state=arguments.state))
    show(arguments, found, {"id": "id", "model": "model", "since": "since", "what": "title"})
    return 0


def _shown(one: Mapping[str, Any]) -> dict[str, Any]:
    return {**one, "shown": status(one["status"])}


EXPLAIN = Verb("explain", "Say why a model answered as it did for one prediction.", explain_arguments, explain)
KPIS = Verb("kpis", "Show the indicators that matter to a persona now.", kpis_arguments, kpis)
INCIDENTS = Verb("incidents", "List incidents.", incidents_arguments, incidents)
