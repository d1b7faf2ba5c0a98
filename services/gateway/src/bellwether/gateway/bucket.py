"""A token bucket per caller, in this process."""

from dataclasses import dataclass, field
from datetime import datetime

_MOST = 50_000


@dataclass(slots=True)
class Buckets:
    """``rate`` tokens a second are refilled, up to ``burst``."""

    rate: float
    burst: float
    _levels: dict[str, tuple[float, datetime]] = field(default_factory=dict)

    def take(self, who: str, now: datetime) -> float:
        """Take one token; returns 0.0, or the seconds until there is one."""
        level, at = self._levels.get(who, (self.burst, now))
        level = min(self.burst, level + max(0.0, (now - at).total_seconds()) * self.rate)
        if level >= 1.0:
            self._levels[who] = (level - 1.0, now)
            if len(self._levels) > _MOST:
                self._levels.clear()
            return 0.0
        self._levels[who] = (level, now)
        return (1.0 - level) / self.rate
