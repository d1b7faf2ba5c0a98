"""``bellwether report``: the drift report of a batch; the exit status follows its verdict."""

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from bellwether.cli.exits import of_status
from bellwether.cli.remote import remote, server_arguments
from bellwether.cli.show import output_arguments, show, status
from bellwether.cli.verb import Verb
from bellwether.client import Batch, model

_COLUMNS = {"status": "shown", "feature": "feature", "score": "score", "kind": "kind"}


def arguments(parser: ArgumentParser) -> None:
    """Take the model, which batch, and what counts as failure."""
    parser.add_argument("name", help="the model")
    parser.add_argument("--batch", help="a batch; the newest analysed one, without")
    parser.add_argument("--wait", type=float, default=0.0, help="seconds to wait for the report of --batch")
    parser.add_argument("--fail-on", choices=("watch", "act"), help="exit with 0 below this status")
    parser.add_argument("--html", type=Path, help="write the self-contained page to this file")
    parser.add_argument("--top", type=int, default=10, help="features to show")
    server_arguments(parser)
    output_arguments(parser)


def run(arguments: Namespace) -> int:
    """Print the verdict and the features that drifted most."""
    with remote(arguments) as client:
        watched = model(arguments.name, client=client)
        found = Batch(watched, arguments.batch).report(arguments.wait) if arguments.batch else watched.report()
        if arguments.html is not None:
            found.save_html(arguments.html)
    if arguments.output == "json":
        print(json.dumps(found.content, indent=2))  # noqa: T201
    else:
        print(f"{status(found.status)}  {found.model} {found.batch}: {found.sentence}")  # noqa: T201
        rows = [{**one, "shown": status(one["status"])} for one in found.top(arguments.top)]
        show(arguments, rows, _COLUMNS)
    return of_status(found.status, arguments.fail_on)


REPORT = Verb("report", "Show a drift report; exit with 0 fine, 1 watch, 2 act, 3 unknown.", arguments, run)
