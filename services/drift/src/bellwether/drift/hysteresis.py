"""A status that does not flap: it rises at once, and falls only when two batches in a row are better; pure."""

from collections.abc import Sequence
from itertools import pairwise

from bellwether.contracts import SEVERITY, Status


def settled(statuses: Sequence[Status]) -> list[Status]:
    """Return the status to show after each batch, oldest first: the worse of the newest two that could be judged.

    A batch that could not be judged shows as ``unknown``, and neither confirms nor ends what was before it.
    """
    judged = [status for status in statuses if status != "unknown"]
    shown = iter([*judged[:1], *(max(pair, key=SEVERITY.__getitem__) for pair in pairwise(judged))])
    return [status if status == "unknown" else next(shown) for status in statuses]
