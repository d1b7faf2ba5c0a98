"""Parses the command line and runs one verb."""

import argparse
import sys
from collections.abc import Sequence

from bellwether.cli.verbs import VERBS
from bellwether.errors import BellwetherError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit status."""
    parser = argparse.ArgumentParser(prog="bellwether", description="Watches models: drift, explanations, provenance.")
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
        return 1
    except KeyboardInterrupt:
        return 130
