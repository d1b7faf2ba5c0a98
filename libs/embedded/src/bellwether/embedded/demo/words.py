"""How the demo's inputs are spoken of to those who take the decisions; pure."""

from collections.abc import Mapping

_LABELS: Mapping[str, str] = {
    "carrier": "airline",
    "origin": "departure from",
    "dest": "flight to",
    "departure_minute": "planned departure (minute of the day)",
    "arrival_minute": "planned arrival (minute of the day)",
    "distance": "distance (miles)",
    "wind_speed": "wind (miles an hour)",
    "visib": "visibility (miles)",
}
_SENTENCES: Mapping[str, tuple[str, str]] = {
    "flight-delay": (
        "{label} {value} makes a late arrival likelier (odds times {odds}).",
        "{label} {value} makes a late arrival less likely (odds times {odds}).",
    ),
    "air-time": ("{label} {value}: {contribution} minutes.", "{label} {value}: {contribution} minutes."),
}


def words_of(model: str, features: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Return the words of a model's features, as ``POST /models`` takes them."""
    raises, lowers = _SENTENCES[model]
    return {name: {"label": _LABELS[name], "raises": raises, "lowers": lowers} for name in features}
