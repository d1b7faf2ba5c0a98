"""What this server has: drift methods, statuses, formats."""

from bellwether.contracts import ENCODINGS, ROW_FORMATS, Contract, Kind, Status


class Method(Contract):
    """One drift method: what its value means and where it is from. ``high`` None: no upper end."""

    slug: str
    title: str
    unit: str
    low: float
    high: float | None
    definition: str
    source: str
    kinds: tuple[Kind, ...]


class StatusWord(Contract):
    """One status and what it asks for."""

    status: Status
    title: str
    meaning: str


class Catalogue(Contract):
    """What ``GET /catalogue`` answers."""

    methods: tuple[Method, ...]
    statuses: tuple[StatusWord, ...]
    media_types: tuple[str, ...]
    encodings: tuple[str, ...]


_COUNTED: tuple[Kind, ...] = ("numeric", "categorical", "boolean")
_METHODS = (
    Method(
        slug="psi",
        title="Population stability index",
        unit="1",
        low=0.0,
        high=None,
        definition="sum over bins of (q - p) ln(q / p), shares floored at 1e-4; bins are the reference's deciles or "
        "categories, missing values are one more",
        source="credit scoring practice; expectation without drift (B - 1)(1/n + 1/m)",
        kinds=_COUNTED,
    ),
    Method(
        slug="ks",
        title="Kolmogorov-Smirnov distance",
        unit="1",
        low=0.0,
        high=1.0,
        definition="largest distance between the two empirical distribution functions",
        source="Kolmogorov 1933, Smirnov 1939; p-value asymptotic, as scipy.stats.ks_2samp(method='asymp')",
        kinds=("numeric",),
    ),
    Method(
        slug="js",
        title="Jensen-Shannon distance",
        unit="1",
        low=0.0,
        high=1.0,
        definition="square root of the mean Kullback-Leibler divergence, base 2, of both from their mean",
        source="Lin 1991; scipy.spatial.distance.jensenshannon(base=2)",
        kinds=_COUNTED,
    ),
    Method(
        slug="wasserstein",
        title="Wasserstein distance",
        unit="standard deviations of the reference",
        low=0.0,
        high=None,
        definition="area between the two empirical distribution functions, divided by the reference's deviation",
        source="Kantorovich 1942; scipy.stats.wasserstein_distance",
        kinds=("numeric",),
    ),
    Method(
        slug="chi2",
        title="Chi-squared statistic",
        unit="1",
        low=0.0,
        high=None,
        definition="two-sample homogeneity of the category counts, rare categories pooled",
        source="Pearson 1900; scipy.stats.chi2_contingency(correction=False)",
        kinds=("categorical", "boolean"),
    ),
)

CATALOGUE = Catalogue(
    methods=_METHODS,
    statuses=(
        StatusWord(status="act", title="Act", meaning="past its line: look into it now"),
        StatusWord(status="watch", title="Watch", meaning="changed, not past its line: keep an eye on it"),
        StatusWord(status="fine", title="Fine", meaning="no change that luck does not explain"),
        StatusWord(status="unknown", title="Unknown", meaning="too little to say: too few rows, or none"),
    ),
    media_types=tuple(ROW_FORMATS),
    encodings=ENCODINGS,
)
