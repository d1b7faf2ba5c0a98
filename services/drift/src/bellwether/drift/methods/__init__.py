"""Every drift method that works on profiles. To add one: add a module with ``METHOD`` and a line here."""

from collections.abc import Mapping

from bellwether.contracts import Kind
from bellwether.drift.methods import (
    ad,
    chi2,
    cramer_v,
    cvm,
    energy,
    hellinger,
    js,
    kl,
    ks,
    mwu,
    psi,
    tvd,
    wasserstein,
)
from bellwether.drift.methods.base import DriftMethod, Measurement, NullLaw

METHODS: tuple[DriftMethod, ...] = (
    ad.METHOD,
    chi2.METHOD,
    cramer_v.METHOD,
    cvm.METHOD,
    energy.METHOD,
    hellinger.METHOD,
    js.METHOD,
    kl.METHOD,
    ks.METHOD,
    mwu.METHOD,
    psi.METHOD,
    tvd.METHOD,
    wasserstein.METHOD,
)

BY_SLUG: Mapping[str, DriftMethod] = {method.slug: method for method in METHODS}

DEFAULTS: Mapping[Kind, tuple[str, ...]] = {
    "numeric": ("js", "psi", "ks", "wasserstein"),
    "categorical": ("js", "psi", "cramer_v", "chi2"),
    "boolean": ("js", "tvd", "chi2"),
    "text": ("js",),
    "datetime": ("js",),
}
"""Kind to the methods of a report: the headline, which alone decides, then its companions, which inform.

Of text and times the headline is measured on each thing derived of the column; the one with the clearest difference
decides, its p-value times their number.
"""

__all__ = ["BY_SLUG", "DEFAULTS", "METHODS", "DriftMethod", "Measurement", "NullLaw"]
