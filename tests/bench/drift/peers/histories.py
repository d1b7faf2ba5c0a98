"""Histories of batches, read and answered; pandas and the standard library alone, so that it runs anywhere."""

# Runs in environments our checks do not see.
# mypy: ignore-errors

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd

Frame = pd.DataFrame


def answer(flagged: Callable[[Frame, list[Frame]], list[list[str]]]) -> None:
    """Print, by name of a history, the drifted columns of each of its batches; arguments: folder, rows of a batch."""
    folder, rows = Path(sys.argv[1]), int(sys.argv[2])
    found = {}
    for one in json.loads((folder / "histories.json").read_text(encoding="utf-8")):
        reference = pd.read_parquet(folder / f"{one['name']}-reference.parquet")
        batches = pd.read_parquet(folder / f"{one['name']}-batches.parquet")
        parts = [batches.iloc[at : at + rows].reset_index(drop=True) for at in range(0, len(batches), rows)]
        found[one["name"]] = flagged(reference, parts)
    sys.stdout.write(json.dumps(found) + "\n")


def levels(frame: Frame) -> list[str]:
    """Return the columns that hold categories."""
    return [name for name in frame.columns if name.startswith("c")]
