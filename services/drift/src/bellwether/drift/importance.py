"""How much each input matters to the model, from what the explain service said about it; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bellwether.contracts import Explanation, Weights

NEWEST = 5
"""Explanations whose importances are averaged where none was made on the reference's rows."""


@dataclass(frozen=True, slots=True)
class Known:
    """Share of the decisions by feature, sum 1, and whose explanation says so."""

    shares: Mapping[str, float]
    source: Weights


def learnt(explanations: Sequence[Explanation], names: Sequence[str], version: str | None = None) -> Known | None:
    """Return the importances of features, or None where no explanation knows any.

    ``explanations`` newest first; those of ``version`` are preferred. Importances on the reference's rows count before
    those of batches, because a feature that moves looks more important than it was when the model was approved. A
    surrogate knows only the part of the answers it describes: the rest is spread evenly, so that a poor one cannot
    call a feature unimportant.
    """
    usable = [one for one in explanations if one.features and one.reason is None]
    usable = [one for one in usable if one.version == version] or usable
    if not usable or not names:
        return None
    on_reference = next((one for one in usable if _reference_shares(one)), None)
    newest = on_reference or usable[0]
    if on_reference is not None:
        shares = _completed(_reference_shares(on_reference), names, on_reference.fidelity)
    else:
        each = [_completed({f.feature: f.share for f in one.features}, names, one.fidelity) for one in usable[:NEWEST]]
        shares = {name: sum(one[name] for one in each) / len(each) for name in names}
    total = sum(shares.values())
    if total <= 0:
        return None
    source = Weights(
        source="explanation",
        batch=newest.batch,
        method=newest.method,
        rows="batch" if on_reference is None else "reference",
        fidelity=newest.fidelity,
    )
    return Known({name: share / total for name, share in shares.items()}, source)


def _reference_shares(one: Explanation) -> dict[str, float]:
    against = one.against_reference
    return {} if against is None else {change.feature: change.reference_share for change in against.features}


def _completed(known: Mapping[str, float], names: Sequence[str], fidelity: float | None) -> dict[str, float]:
    """Shares of all names, sum 1: what is not listed has the rest of the listed ones, alike."""
    listed = {name: max(0.0, known[name]) for name in names if name in known}
    unlisted = len(names) - len(listed)
    rest = max(0.0, 1.0 - sum(known.values()))
    filled = {name: listed.get(name, rest / unlisted if unlisted else 0.0) for name in names}
    total = sum(filled.values())
    trust = 1.0 if fidelity is None else min(1.0, max(0.0, fidelity))
    even = 1.0 / len(names)
    return {name: trust * (share / total if total > 0 else even) + (1 - trust) * even for name, share in filled.items()}
