"""What this server has: drift methods, statuses, formats."""

from bellwether.contracts import ENCODINGS, ROW_FORMATS, Contract, Kind, Status
from bellwether.contracts.catalogue import METHODS


class Method(Contract):
    """One drift method: what its value means and where it is from. ``high`` None: no upper end."""

    slug: str
    title: str
    unit: str
    low: float
    high: float | None
    definition: str
    source: str
    kinds: tuple[Kind, ...]


class StatusWord(Contract):
    """One status and what it asks for."""

    status: Status
    title: str
    meaning: str


class Catalogue(Contract):
    """What ``GET /catalogue`` answers."""

    methods: tuple[Method, ...]
    statuses: tuple[StatusWord, ...]
    media_types: tuple[str, ...]
    encodings: tuple[str, ...]


CATALOGUE = Catalogue(
    methods=tuple(Method(**one.model_dump(include=set(Method.model_fields))) for one in METHODS),
    statuses=(
        StatusWord(status="act", title="Act", meaning="past its line: look into it now"),
        StatusWord(status="watch", title="Watch", meaning="changed, not past its line: keep an eye on it"),
        StatusWord(status="fine", title="Fine", meaning="no change that luck does not explain"),
        StatusWord(status="unknown", title="Unknown", meaning="too little to say: too few rows, or none"),
    ),
    media_types=tuple(ROW_FORMATS),
    encodings=ENCODINGS,
)
