"""What is wrong with values and rows, in words: the one place for them; pure."""

from bellwether.contracts import Issue
from bellwether.contracts.reports import FeatureDrift
from bellwether.kpi.words import percent

_NOW = {
    "missing": "are missing",
    "infinite": "are infinite",
    "unseen": "were never seen in the reference",
    "below_min": "are below the range of the reference",
    "above_max": "are above the range of the reference",
}
_THEN = {kind: words.replace("are ", "were ").replace("were never", "had never been") for kind, words in _NOW.items()}


def issue_words(name: str | None, issue: Issue, *, over: bool = False) -> str:
    """Return one sentence about an issue of a column, or of the rows without one; ``over``: as it was."""
    why = f" ({issue.detail})" if issue.detail else ""
    match issue.kind:
        case "column_missing":
            return f"{name} was missing, and the model needs it." if over else f"{name} is missing; the model needs it."
        case "type_changed":
            return f"{name} {'had changed' if over else 'changed'} its type{why} and cannot be read as before."
        case "constant":
            return f"{name} {'had' if over else 'has'} the same value in all rows{why}."
        case "repeated_rows":
            verb = "repeated" if over else "repeat"
            said = f"{_share(issue.current)} of the rows {verb} others{_before(issue, 'did')}"
            return f"{said}: they may have been sent twice."
    words = (_THEN if over else _NOW)[issue.kind]
    return f"{_share(issue.current)} of the values of {name} {words}{_before(issue, 'were')}."


def with_words(found: FeatureDrift) -> FeatureDrift:
    """Return a column with its issues in words."""
    return found.model_copy(update={"issues": said(found.feature, found.issues)})


def said(name: str | None, issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
    """Return issues with their sentences."""
    return tuple(one.model_copy(update={"sentence": issue_words(name, one)}) for one in issues)


def _share(share: float | None) -> str:
    return "A part" if share is None else percent(share)


def _before(issue: Issue, verb: str) -> str:
    return f"; of the reference {percent(issue.reference)} {verb}" if issue.reference else ""
