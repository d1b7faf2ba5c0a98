"""``bellwether log`` and ``bellwether labels``: push rows from files."""

from argparse import ArgumentParser, Namespace

from bellwether.cli.remote import remote, server_arguments
from bellwether.cli.verb import Verb
from bellwether.client import model


def log_arguments(parser: ArgumentParser) -> None:
    """Take the model, the files and what is known of them."""
    parser.add_argument("name", help="the model")
    parser.add_argument("files", nargs="+", metavar="FILE", help="each is one batch; a quoted pattern is one, too")
    parser.add_argument("--batch", help="your name for the batch: the same name is the same batch")
    parser.add_argument("--run", help="run of the pipeline that delivered the rows")
    parser.add_argument("--version", help="version of the model that answered")
    parser.add_argument("--start", help="begin of the window, RFC 3339 with a zone")
    parser.add_argument("--end", help="end of the window")
    parser.add_argument("--dry-run", action="store_true", help="check and send nothing")
    server_arguments(parser)


def log(arguments: Namespace) -> int:
    """Push each file; an unreachable server is an error here, nothing waits in secret."""
    said = {name: getattr(arguments, name) for name in ("batch", "run", "version", "start", "end")}
    with remote(arguments) as client:
        watched = model(arguments.name, client=client)
        for file in arguments.files:
            batch = watched.log(file, strict=True, dry_run=arguments.dry_run, **said)
            print(f"{file}: {'would be sent' if batch.id is None else batch.id}")  # noqa: T201
    return 0


def labels_arguments(parser: ArgumentParser) -> None:
    """Take the model and the files."""
    parser.add_argument("name", help="the model")
    parser.add_argument("files", nargs="+", metavar="FILE", help="rows of id and label")
    server_arguments(parser)


def labels(arguments: Namespace) -> int:
    """Push each file of labels."""
    with remote(arguments) as client:
        watched = model(arguments.name, client=client)
        for file in arguments.files:
            print(f"{file}: {watched.log_labels(file, strict=True).id}")  # noqa: T201
    return 0


LOG = Verb("log", "Push batches of rows with their predictions.", log_arguments, log)
LABELS = Verb("labels", "Push labels that arrived.", labels_arguments, labels)
