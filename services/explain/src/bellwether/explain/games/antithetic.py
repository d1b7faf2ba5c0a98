"""Permutations and their reverses: for few evaluations. Pure.

Source: Mitchell et al. 2022 (arXiv 2104.12199).
"""

import numpy as np

from bellwether.explain.games.game import Estimate, Game


def antithetic(game: Game, evaluations: int, rng: np.random.Generator) -> Estimate:
    """Return the mean over pairs of permutations; the error is over pairs, infinite when only one fits."""
    d = game.d
    if d == 1:
        return game.of_one_player("antithetic")
    pairs = max(1, evaluations // (2 * (d - 1)))
    order = np.argsort(rng.random((pairs, d)), axis=1)
    orders = np.stack([order, order[:, ::-1]], axis=1).reshape(-1, d)
    place = np.argsort(orders, axis=1)
    coalitions = place[:, None, :] < np.arange(1, d)[None, :, None]  # (orders, d - 1, d)
    inner = game(coalitions.reshape(-1, d)).reshape(game.n, len(orders), d - 1)
    ends = np.ones((1, len(orders), 1))
    steps = np.diff(inner, axis=2, prepend=game.none[:, None, None] * ends, append=game.all[:, None, None] * ends)
    by_player = np.take_along_axis(steps, np.broadcast_to(place, steps.shape), axis=2)
    per_pair = by_player.reshape(game.n, pairs, 2, d).mean(2)
    shape = (game.n, d)
    error = per_pair.std(1, ddof=1) / np.sqrt(pairs) if pairs > 1 else np.full(shape, np.inf)
    return Estimate(per_pair.mean(1), error, float(pairs - 1), game.evaluations, "antithetic")
