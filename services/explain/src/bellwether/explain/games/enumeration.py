"""Exact Shapley values from all 2^d coalitions. Pure."""

import numpy as np

from bellwether.explain.definition import shapley
from bellwether.explain.games.game import Estimate, Game

MAX_PLAYERS = 12
"""4,096 evaluations."""


def enumerate_all(game: Game) -> Estimate:
    """Return exact values; raises ``ValueError`` above 20 players."""
    if game.d > 20:
        raise ValueError(f"{game.d} players have too many coalitions to list")
    index = np.arange(1 << game.d)
    worth = game(((index[:, None] >> np.arange(game.d)) & 1).astype(bool))
    return Estimate(shapley(worth), np.zeros((game.n, game.d)), np.inf, game.evaluations, "enumeration")
