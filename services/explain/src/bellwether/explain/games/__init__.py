"""Shapley values of any model from coalition evaluations, with standard errors that were checked. Pure."""

from bellwether.explain.games.antithetic import antithetic
from bellwether.explain.games.enumeration import enumerate_all
from bellwether.explain.games.game import Estimate, Game
from bellwether.explain.games.ladder import estimate, until
from bellwether.explain.games.leverage import leverage

__all__ = ["Estimate", "Game", "antithetic", "enumerate_all", "estimate", "leverage", "until"]
