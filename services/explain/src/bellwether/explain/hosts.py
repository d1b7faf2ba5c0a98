"""Models that are open: each in a process of its own, the least recently asked ones closed first."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace

import pyarrow as pa

from bellwether.explain.host.process import ModelHost, Rules
from bellwether.explain.host.remote import Remote
from bellwether.explain.host.sandbox import Limits
from bellwether.explain.registry import Found
from bellwether.settings import Explain


@dataclass(slots=True)
class Hosts:
    """Open models by content; at most ``settings.hosts``, of ``settings.hosts_bytes`` together."""

    settings: Explain
    _open: OrderedDict[tuple[str, tuple[str, ...]], tuple[ModelHost, Remote]] = field(default_factory=OrderedDict)

    def open(self, found: Found, sample: pa.Table, columns: tuple[str, ...]) -> Remote:
        """Return the model, opened if it is not; raises ``ModelFailed``.

        ``sample`` are some rows on which it describes itself; ``columns`` the inputs of a model that names none.
        """
        key = found.digest, columns
        if key not in self._open:
            host = ModelHost(replace(found.stored, columns=columns), self._rules(found))
            try:
                self._open[key] = host, Remote(host, sample, self.settings.model_seconds)
            except BaseException:
                host.close()
                raise
        self._open.move_to_end(key)
        self._make_room()
        return self._open[key][1]

    def close(self) -> None:
        """Close all."""
        while self._open:
            self._open.popitem()[1][0].close()

    def resident_bytes(self) -> int:
        """Memory of all processes."""
        return sum(host.resident_bytes() for host, _ in self._open.values())

    def _make_room(self) -> None:
        while len(self._open) > self.settings.hosts or (
            len(self._open) > 1 and self.resident_bytes() > self.settings.hosts_bytes
        ):
            self._open.popitem(last=False)[1][0].close()

    def _rules(self, found: Found) -> Rules:
        settings = self.settings
        return Rules(
            limits=Limits(address_space=settings.model_memory_bytes),
            require=frozenset(settings.require),
            require_for_code=frozenset(settings.require_for_code),
            allow_code=settings.allow_pickle or found.digest in settings.allow_digests,
            start_seconds=settings.model_start_seconds,
        )
