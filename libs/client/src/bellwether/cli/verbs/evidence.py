"""``bellwether evidence``: all that is known of a model and a period as one file, and whether such a file is intact."""

import sys
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bellwether.cli.exits import FINE, REFUSED
from bellwether.cli.remote import remote, server_arguments
from bellwether.cli.verb import Verb
from bellwether.client.evidence import verify
from bellwether.errors import InvalidInput

_DAYS = 30


def arguments(parser: ArgumentParser) -> None:
    """Take the model and the days, or the file to verify."""
    parser.add_argument("name", help="the model; or the word verify, before a file")
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="after verify: a pack that was had before")
    parser.add_argument("--from", dest="begin", help=f"the first day, 2026-01-31; {_DAYS} days before --to without")
    parser.add_argument("--to", help="the last day; today without")
    parser.add_argument("--out", type=Path, help="where the pack is written")
    server_arguments(parser)


def run(arguments: Namespace) -> int:
    """Fetch a pack and verify it, or verify one."""
    if arguments.file is not None:
        return _verified(arguments.file)
    end = arguments.to or f"{datetime.now(UTC):%Y-%m-%d}"
    begin = arguments.begin or f"{datetime.fromisoformat(end) - timedelta(days=_DAYS):%Y-%m-%d}"
    path = arguments.out or Path(f"{arguments.name}-evidence-{begin}-{end}.zip")
    with remote(arguments) as client:
        path.write_bytes(client.read("GET", f"/models/{arguments.name}/evidence", query={"from": begin, "to": end}))
    return _verified(path)


def _verified(path: Path) -> int:
    try:
        manifest = verify(path)
    except InvalidInput as error:
        print(error, file=sys.stderr)  # noqa: T201
        for fault in error.faults:
            print(f"  {fault.pointer}: {fault.value}", file=sys.stderr)  # noqa: T201
        return REFUSED
    signed = "signed" if manifest.get("signed") else "not signed"
    print(  # noqa: T201
        f"{path}: {manifest['model']}, {manifest['begin'][:10]} to {manifest['end'][:10]}, "
        f"{len(manifest['files'])} parts, all as they were made ({signed})"
    )
    return FINE


EVIDENCE = Verb("evidence", "Fetch an evidence pack of a model and a period, or verify one.", arguments, run)
