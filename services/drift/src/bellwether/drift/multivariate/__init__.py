"""Every drift method that looks at all inputs together. To add one: add a module with ``METHOD`` and a line here."""

from collections.abc import Mapping

from bellwether.drift.multivariate import domain_auc, mmd, pca_error
from bellwether.drift.multivariate.base import Joint, JointMethod

JOINT: tuple[JointMethod, ...] = (domain_auc.METHOD, mmd.METHOD, pca_error.METHOD)

BY_SLUG: Mapping[str, JointMethod] = {method.slug: method for method in JOINT}

DEFAULT: tuple[str, ...] = ("pca_error",)
"""Computed for every batch, because it costs about as much as reading the rows; the others where a model asks."""

__all__ = ["BY_SLUG", "DEFAULT", "JOINT", "Joint", "JointMethod"]
