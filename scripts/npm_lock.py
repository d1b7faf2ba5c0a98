"""Deletes from npm's lock files what holds an address and is not needed to install: ``funding``, ``resolved``."""

import json
import sys
from pathlib import Path

DROPPED = ("funding", "resolved")


def clean(text: str) -> str:
    """Return the text of a lock without those keys."""
    lock = json.loads(text)
    for package in lock["packages"].values():
        for key in DROPPED:
            package.pop(key, None)
    return json.dumps(lock, indent=2) + "\n"


if __name__ == "__main__":
    for path in map(Path, sys.argv[1:]):
        path.write_text(clean(path.read_text(encoding="utf-8")), encoding="utf-8")
