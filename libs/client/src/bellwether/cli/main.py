"""Parses the command line and runs one verb."""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from typing_extensions import override

from bellwether.cli.exits import USAGE, of_error
from bellwether.cli.verbs import VERBS
from bellwether.errors import BellwetherError


class _Parser(argparse.ArgumentParser):
    """Ends with the status for wrong words: 2 means that a model needs action."""

    @override
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit status."""
    parser = _Parser(prog="bellwether", description="Watches models: drift, explanations, provenance.")
    verbs = parser.add_subparsers(metavar="verb", required=True)
    for verb in VERBS:
        sub = verbs.add_parser(verb.name, help=verb.help, description=verb.help)
        verb.arguments(sub)
        sub.set_defaults(run=verb.run)
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except BellwetherError as error:
        print(f"bellwether: {error}", file=sys.stderr)  # noqa: T201
        for fault in error.faults:
            print(f"  {fault.pointer}: {fault.value}; {fault.limit}; {fault.fix}", file=sys.stderr)  # noqa: T201
        return of_error(error)
    except KeyboardInterrupt:
        return 130
