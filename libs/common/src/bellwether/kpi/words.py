"""Numbers and spans of time as people read them; pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta


def span(time: timedelta) -> str:
    """Return a span of time with the one unit that fits: ``40 minutes``, ``26 hours``, ``3 days``."""
    seconds = max(0.0, time.total_seconds())
    for name, size, up_to in (("second", 1, 90), ("minute", 60, 5400), ("hour", 3600, 48 * 3600)):
        if seconds < up_to:
            return _count(seconds / size, name)
    return _count(seconds / 86_400, "day")


def period(interval: timedelta | None) -> str:
    """Return what one batch stands for: an hour, a day, a week, else a batch."""
    if interval is None:
        return "batch"
    hours = interval.total_seconds() / 3600
    named = (("hour", 1.0), ("day", 24.0), ("week", 168.0), ("month", 730.0))
    return next((name for name, size in named if abs(hours - size) <= 0.15 * size), "batch")


def within(title: str) -> str:
    """Return a title as it stands within a sentence: ``area under the ROC curve``, but ``RMSE``."""
    return title if title[1:2].isupper() or title[1:2].isdigit() else title[:1].lower() + title[1:]


def percent(share: float) -> str:
    """Return a share in words: ``12 %``, ``0.4 %``."""
    value = 100 * share
    return f"{value:.0f} %" if abs(value) >= 10 or value == 0 else f"{value:.2g} %"


def number(value: float) -> str:
    """Return a number at a precision worth reading, thousands apart."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def amount(value: float, currency: str) -> str:
    """Return money at a precision worth reading: ``EUR 41,000``."""
    size = abs(value)
    digits = max(0, len(f"{size:.0f}") - 2)
    return f"{currency} {round(size, -digits):,.0f}" if size >= 100 else f"{currency} {size:.2f}"


def day(time: datetime) -> str:
    """Return a date as people write it: ``31 Oct 2026``."""
    return f"{time.day} {time:%b %Y}"


def listed(names: Sequence[str], most: int = 3) -> str:
    """Return names as a list in words, those beyond the first few counted."""
    shown = list(names[:most])
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    return "".join(shown) if len(shown) < 2 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _count(value: float, name: str) -> str:
    whole = round(value)
    return f"{whole} {name}" if whole == 1 else f"{whole} {name}s"
