"""How long rows are kept. What was made of them stays: reports, profiles, explanations, provenance."""

from datetime import datetime, timedelta

from bellwether.objects.port import ObjectStore

ROWS = ("raw", "rows")
"""Folders of bodies as pushed and of rows; references, which everything new is compared with, lie in another."""


def expire(objects: ObjectStore, keep: timedelta, now: datetime) -> int:
    """Remove bodies and rows that were written longer than ``keep`` ago; how many."""
    removed = 0
    for folder in ROWS:
        for entry in objects.entries(folder):
            if entry.modified < now - keep:
                removed += objects.delete(entry.key)
    return removed
