"""A status rises at once and falls when two batches in a row are better."""

import pytest

from bellwether.contracts import SEVERITY, Status
from bellwether.drift.hysteresis import settled

LETTERS: dict[str, Status] = {"f": "fine", "w": "watch", "a": "act", "u": "unknown"}


@pytest.mark.parametrize(
    ("batches", "shown"),
    [
        ("", ""),
        ("ffaff", "ffaaf"),  # rises at once, falls with the second better batch
        ("afafaf", "aaaaaa"),  # does not flap
        ("awf", "aaw"),  # falls to the worse of the two
        ("awff", "aawf"),
        ("wawf", "waaw"),
        ("auuf", "auua"),  # what cannot be judged confirms nothing
        ("afuf", "aauf"),
        ("uf", "uf"),
    ],
)
def test_a_status_settles(batches: str, shown: str) -> None:
    assert "".join(one[0] for one in settled([LETTERS[letter] for letter in batches])) == shown


def test_it_is_never_better_than_the_newest_batch() -> None:
    letters = "fwafwwaaffuwffaf"
    statuses = [LETTERS[letter] for letter in letters]
    for batch, one in zip(statuses, settled(statuses), strict=True):
        assert SEVERITY[one] >= SEVERITY[batch]
