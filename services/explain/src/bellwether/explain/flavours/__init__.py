"""Flavours of models, the first that fits a stored model is taken. Importing this loads no model library."""

from bellwether.explain.flavours import catboost, lightgbm, pyfunc, sklearn, xgboost
from bellwether.explain.flavours.base import Artifact, Flavour

FLAVOURS: tuple[Flavour, ...] = (
    xgboost.FLAVOUR,
    lightgbm.FLAVOUR,
    catboost.FLAVOUR,
    sklearn.FLAVOUR,
    pyfunc.FLAVOUR,
)

__all__ = ["FLAVOURS", "Artifact", "Flavour"]
