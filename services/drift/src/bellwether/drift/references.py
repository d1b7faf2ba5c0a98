"""Reference profiles as handlers read them: the bins alone, the last few kept."""

from collections import OrderedDict
from dataclasses import dataclass, field

from bellwether.contracts import Reference
from bellwether.objects import ObjectStore
from bellwether.profile import ReferenceProfile

KEPT = 4


def features_of(reference: Reference) -> list[str]:
    """Return the names of the model's inputs."""
    return [column.name for column in reference.columns if column.role == "feature"]


@dataclass(slots=True)
class References:
    """Reads reference profiles; one that was read a moment ago is not read again. One worker process, no threads."""

    objects: ObjectStore
    _kept: OrderedDict[tuple[str, str | None], ReferenceProfile] = field(default_factory=OrderedDict)

    def read(self, uri: str, digest: str | None) -> ReferenceProfile:
        """Return the profile under a key, without its values; ``digest`` tells two contents of one key apart."""
        key = (uri, digest)
        if key not in self._kept:
            self._kept[key] = ReferenceProfile.from_bytes(self.objects.get(uri), values=False)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]
