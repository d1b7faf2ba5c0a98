"""Answers on a terminal: a table for people, JSON for programs, Markdown for documents."""

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from typing import Any

from bellwether.client.reports import SHAPES

FORMATS = ("table", "json", "md")
_COLOURS = {"fine": "34", "watch": "33", "act": "31", "unknown": "90"}

Columns = Mapping[str, str]
"""Heading to the key of a row."""


def output_arguments(parser: ArgumentParser) -> None:
    """Take ``-o``."""
    parser.add_argument("-o", "--output", choices=FORMATS, default="table", help="default: table")


def show(arguments: Namespace, rows: Sequence[Mapping[str, Any]], columns: Columns) -> None:
    """Print rows in the format asked for; JSON has every field, the others the columns."""
    if arguments.output == "json":
        print(json.dumps(list(rows), indent=2, default=str))  # noqa: T201
        return
    cells = [[_text(row.get(key)) for key in columns.values()] for row in rows]
    if arguments.output == "md":
        lines = [list(columns), ["---"] * len(columns), *[[cell.replace("|", "\\|") for cell in row] for row in cells]]
        print(*("| " + " | ".join(line) + " |" for line in lines), sep="\n")  # noqa: T201
        return
    widths = [max(len(heading), *(len(row[i]) for row in cells), 0) for i, heading in enumerate(columns)]
    for line in [[heading.upper() for heading in columns], *cells]:
        padded = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        print("  ".join(_coloured(cell) for cell in padded).rstrip())  # noqa: T201


def status(word: str) -> str:
    """Return a status with its shape, so that colour is never all there is."""
    return f"{SHAPES.get(word, '?')} {word}"


def _text(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, float):
        return f"{value:.4g}"
    return " ".join(str(value).split())


def _coloured(cell: str) -> str:
    word = cell.strip().rpartition(" ")[2]
    if word not in _COLOURS or cell.strip() != status(word) or not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return cell
    return f"\033[{_COLOURS[word]}m{cell}\033[0m"
