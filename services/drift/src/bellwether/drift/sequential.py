"""Watching a feature batch by batch with a false alarm rate that holds at every look; pure.

A test repeated on every batch raises false alarms with every batch. Here evidence is carried over: a nonnegative
martingale per feature bets against "nothing changed", and by Ville's inequality it ever exceeds 1 / alpha with
probability alpha at most, however often one looks. So a leak too slow for any single batch is found as well.

Null: rows of reference and batches are exchangeable. Then, for bins whose edges are order statistics of the reference,
the next row's bin follows Polya's urn: (rows of the reference and of the batches so far in it) / (all of them + 1), the
gap beyond the last bin counted to it. This knows how large the reference is, and needs no law of the data. Levels have
no order statistics between them, so each row of a level gets a uniform jitter, and rows above the reference's largest
count to the next level; of the jitters only how many lie above is needed, which is binomial (seeded).

Bets: Dirichlet mixtures for any change, exponential tilts of the ranks for shifts of numbers, each begun at every
batch. Sources: Ville (1939); Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World (2005), exchangeability
martingales; Ramdas et al. (2023), Statistical Science 38, on e-processes and mixtures of them.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from bellwether.drift.pairs import MISSING, OTHER

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]

HORIZON = 120
"""Batches over which the guarantee is given: a bet is begun at each of them with this share of the stake."""
ALPHA = 0.01
"""How likely any feature alarms within the horizon when nothing changed."""
_APART = 5.0
"""Standard deviations of its share in a batch a level must lie above the rarest that is named."""
_CONCENTRATIONS = (8.0, 64.0, 512.0, 4096.0)
_TILTS = (0.03, 0.06, 0.12, 0.25, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Log of the martingale after the newest batch, and the batch from which the change most likely holds."""

    log_value: float
    start: int

    def exceeds(self, features: int, alpha: float = ALPHA) -> bool:
        """Say whether this is an alarm among so many features: those of all together are held to ``alpha``."""
        return bool(self.log_value >= np.log(features / alpha))


def watch(reference: Counts, batches: Counts, *, name: str, ordered: bool) -> Evidence | None:
    """Return the evidence against "nothing changed" after the newest batch; None with nothing to compare.

    Parameters
    ----------
    reference, batches
        Counts by bin, shape (bins,) and (batches, bins), oldest first, at most ``HORIZON`` of them; missing values are
        the last bin.
    name
        Seeds the jitters, so that the same history always gives the same answer.
    ordered
        Bins but the last are of numbers, cut at order statistics of the reference.
    """
    batches = batches[-HORIZON:]
    if reference.sum() == 0 or batches.sum() == 0:
        return None
    urn, seen = _exact(reference, batches, name, ordered)
    kept = (urn + seen.sum(axis=0)) > 0
    urn, seen = urn[kept], seen[:, kept]
    if urn.size < 2:
        return None
    before = np.concatenate([np.zeros((1, urn.size)), np.cumsum(seen, axis=0)])
    since = before[-1] - before[:-1]
    null = _dirichlet(urn + before[:-1], since)
    bets = [
        _dirichlet(c * (urn + before[:-1]) / (urn + before[:-1]).sum(axis=1, keepdims=True), since)
        for c in _CONCENTRATIONS
    ]
    if ordered:
        bets += _tilted(urn, since)
    found = special.logsumexp(np.stack(bets), axis=0) - np.log(len(bets)) - null
    idle = np.log1p(-len(found) / HORIZON) if len(found) < HORIZON else -np.inf
    value = float(np.logaddexp(special.logsumexp(found) - np.log(HORIZON), idle))
    return Evidence(value, int(found.argmax()))


def _exact(reference: Counts, batches: Counts, name: str, ordered: bool) -> tuple[Floats, Floats]:
    """Urn and batches with the boundaries between levels moved to the reference's largest jitter of each."""
    g = np.random.default_rng(zlib.crc32(name.encode()))
    urn = reference.astype(np.float64)
    urn[-1] += 1.0
    seen = batches.copy()
    levels = range(reference.size - 2, reference.size - 1) if ordered else range(reference.size - 1)
    for k in levels:
        inside = g.beta(reference[k], 1.0) if reference[k] else 0.0
        above = seen[:, k] - g.binomial(seen[:, k], inside)
        seen[:, k] -= above
        seen[:, k + 1] += above
    return urn, seen.astype(np.float64)


def _dirichlet(prior: Floats, counts: Floats) -> Floats:
    """Log probability of sequences with these counts by Polya's urns, shape (starts,)."""
    empty = prior <= 0
    prior = np.where(empty, 1.0, prior)
    inner = np.where(
        empty, np.where(counts > 0, -np.inf, 0.0), special.gammaln(prior + counts) - special.gammaln(prior)
    )
    total = np.where(empty, 0.0, prior).sum(axis=-1)
    return np.asarray(inner.sum(axis=-1) - special.gammaln(total + counts.sum(axis=-1)) + special.gammaln(total))


def _tilted(urn: Floats, since: Floats) -> list[Floats]:
    """Log probabilities when the ranks of numbers lean to one side, the missing bin left as it is."""
    shares = urn / urn.sum()
    ranks = np.cumsum(shares[:-1]) - shares[:-1] / 2
    centre = float((ranks * shares[:-1]).sum() / shares[:-1].sum())
    spread = float(np.sqrt((np.square(ranks - centre) * shares[:-1]).sum() / shares[:-1].sum()))
    lean = np.append((ranks - centre) / spread, 0.0) if spread > 0 else np.zeros(urn.size)
    found = []
    for tilt in (sign * size for size in _TILTS for sign in (-1.0, 1.0)):
        q = shares * np.exp(tilt * lean)
        q[:-1] *= shares[:-1].sum() / q[:-1].sum()
        found.append(np.asarray(since @ np.log(q)))
    return found


def aligned(
    labels: Sequence[Sequence[str]], references: Sequence[Counts], batches: Sequence[Counts]
) -> tuple[tuple[str, ...], Counts, Counts]:
    """Return levels by name, counts of the newest reference (levels,) and of all batches (batches, levels).

    ``labels[i]`` name the columns of ``references[i]`` and ``batches[i]``, the last of them ``missing``. The last two
    levels returned are ``rest`` and ``missing``. Where a batch joins rare levels to ``other``, which of those near the
    border it names is luck of that very batch, and levels that all batches name have had luck each time. So such
    levels go to ``rest``, told by the counts of all rows together, which favour neither reference nor batches.
    """
    named = [
        {label: (int(r), int(x)) for label, r, x in zip(names, before, now, strict=True) if label != MISSING}
        for names, before, now in zip(labels, references, batches, strict=True)
    ]
    common = [label for label in labels[-1] if label != MISSING and all(label in one for one in named)]
    if any(any(one.get(OTHER, (0, 0))) for one in named):
        common = _clear(named, [label for label in common if label != OTHER])
    found = np.zeros((2, len(named), len(common) + 2), dtype=np.int64)
    place = {label: at for at, label in enumerate(common)} | {MISSING: len(common) + 1}
    for row, (names, before, now) in enumerate(zip(labels, references, batches, strict=True)):
        at = [place.get(label, len(common)) for label in names]
        np.add.at(found[0, row], at, before)
        np.add.at(found[1, row], at, now)
    return (*common, "rest", MISSING), found[0, -1], found[1]


def _clear(named: Sequence[dict[str, tuple[int, int]]], common: Sequence[str]) -> list[str]:
    """Return the levels that are so frequent that no batch could have left them unnamed by luck."""
    sizes = [[max(1, sum(side)) for side in zip(*one.values(), strict=True)] for one in named]
    least = min(m for _, m in sizes)
    border = max(
        min((r / n + x / m for label, (r, x) in one.items() if label != OTHER), default=2.0)
        for one, (n, m) in zip(named, sizes, strict=True)
    )
    rows = sizes[-1][0] + sum(m for _, m in sizes)
    share = {label: (named[-1][label][0] + sum(one[label][1] for one in named)) / rows for label in common}
    return [label for label in common if 2 * share[label] - border >= _APART * np.sqrt(share[label] / least)]
