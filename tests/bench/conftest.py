"""What every bench has at hand."""

import sys
from collections.abc import Callable

import pytest


@pytest.fixture
def say(capfd: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Write to the terminal, whatever is captured."""

    def write(text: str) -> None:
        with capfd.disabled():
            sys.stdout.write(text + "\n")

    return write
