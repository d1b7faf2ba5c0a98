"""A file that grows old once this process no longer reaches the broker: what a health check of a container looks at."""

from pathlib import Path
from typing import Any

from celery.utils.dispatch import Signal


def keep(file: Path | None, moment: Signal) -> None:
    """Touch ``file`` at each ``moment``, a signal sent only while the broker is reached; None: no file is kept."""
    if file is None:
        return

    def touch(**_: Any) -> None:
        file.touch()

    moment.connect(touch, weak=False)
