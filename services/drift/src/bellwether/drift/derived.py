"""What is derived of text and times, in words; pure."""

_PHRASES = {
    "characters": "the length of {name} in characters",
    "words": "the number of words in {name}",
    "digits": "the share of digits in {name}",
    "non_ascii": "the share of characters beyond ASCII in {name}",
    "unknown_words": "the share of words in {name} the reference hardly knows",
    "word_groups": "the choice of words in {name}",
    "hour": "the hour of {name}",
    "weekday": "the weekday of {name}",
    "age_days": "the age of {name} in days",
}


def phrase(name: str, of: str | None) -> str:
    """Return what to call a column, or what was measured of it."""
    return name if of is None else _PHRASES[of].format(name=name)
