"""Every drift method that works on profiles. To add one: add a module with ``METHOD`` and a line here."""

from collections.abc import Mapping

from bellwether.contracts import Kind
from bellwether.drift.methods import chi2, cramer_v, hellinger, js, ks, psi, tvd, wasserstein
from bellwether.drift.methods.base import DriftMethod, Measurement, NullLaw

METHODS: tuple[DriftMethod, ...] = (
    chi2.METHOD,
    cramer_v.METHOD,
    hellinger.METHOD,
    js.METHOD,
    ks.METHOD,
    psi.METHOD,
    tvd.METHOD,
    wasserstein.METHOD,
)

BY_SLUG: Mapping[str, DriftMethod] = {method.slug: method for method in METHODS}

DEFAULTS: Mapping[Kind, tuple[str, ...]] = {
    "numeric": ("js", "psi", "ks", "wasserstein"),
    "categorical": ("js", "psi", "cramer_v", "chi2"),
    "boolean": ("js", "tvd", "chi2"),
}
"""Kind to the methods of a report: the headline, which alone decides, then its companions, which inform."""

__all__ = ["BY_SLUG", "DEFAULTS", "METHODS", "DriftMethod", "Measurement", "NullLaw"]
