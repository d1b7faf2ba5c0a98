"""What the drift service says: a report per batch, a point per batch for series, a view per model."""

from typing import Literal

from pydantic import AwareDatetime, NonNegativeInt

from bellwether.contracts.base import Contract, Document, Kind, Status
from bellwether.contracts.models import ModelName


class MethodResult(Contract):
    """One method on one feature: ``value`` and ``threshold`` in the method's unit, ``p_value`` in [0, 1].

    ``value`` is None with a ``reason``. ``floor`` is the value luck alone reaches once in a hundred at these sample
    sizes, ``detectable`` the smallest value found in 80 % of cases; both None where the method has no null law.
    """

    method: str
    value: float | None
    threshold: float | None
    p_value: float | None = None
    drifted: bool
    floor: float | None = None
    detectable: float | None = None
    reason: str | None = None


class Rates(Contract):
    """The same share, in [0, 1], of the reference and of the batch; None without rows."""

    reference: float | None
    current: float | None


class Contribution(Contract):
    """What one bin adds to the headline score, as a share of it in [0, 1]."""

    bin: str
    share: float


class JointDrift(MethodResult):
    """One method on all inputs together: ``rows`` of reference and batch it looked at, 95 % ``interval`` of its value.

    ``contributions`` name the inputs it keys on, ``beside`` holds related figures by name.
    """

    interval: tuple[float, float] | None = None
    rows: tuple[NonNegativeInt, NonNegativeInt]
    beside: dict[str, float] = {}
    contributions: tuple[Contribution, ...] = ()


IssueKind = Literal[
    "missing",
    "infinite",
    "unseen",
    "below_min",
    "above_max",
    "column_missing",
    "type_changed",
    "constant",
    "repeated_rows",
]


class Issue(Contract):
    """One thing that is wrong with a column, or with all rows: a share of rows that rose, or a state of the column.

    ``reference`` and ``current`` are shares in [0, 1], None for a state, which ``detail`` puts in words. Of
    ``repeated_rows`` both are at as many rows as the shorter of the two has, since more rows repeat more often.
    ``sentence`` says it in words where the API answers it.
    """

    kind: IssueKind
    status: Status
    reference: float | None = None
    current: float | None = None
    q_value: float | None = None
    detail: str = ""
    sentence: str = ""


class FeatureDrift(Contract):
    """Everything said about one column of one batch. ``methods[0]`` is the headline; ``q_value`` its corrected p.

    ``importance`` is its share of the model's decisions, None where that is not known; ``harmless``: it drifted and the
    model hardly uses it. ``rows_needed``: so many rows more, and there is a verdict.
    """

    feature: str
    role: Literal["feature", "prediction", "score", "label"] = "feature"
    kind: Kind
    status: Status
    reason: str | None = None
    score: float | None
    score_observed: float | None = None
    q_value: float | None = None
    importance: float | None = None
    harmless: bool = False
    rows_needed: NonNegativeInt | None = None
    missing: Rates
    issues: tuple[Issue, ...] = ()
    below_min_rate: float | None = None
    above_max_rate: float | None = None
    new_categories: tuple[str, ...] = ()
    new_categories_total: NonNegativeInt = 0
    vanished_categories: tuple[str, ...] = ()
    contributions: tuple[Contribution, ...] = ()
    methods: tuple[MethodResult, ...] = ()
    sentence: str = ""


class Weights(Contract):
    """Whose importances weigh the drift index.

    ``explanation``: those the explain service found in ``batch`` by ``method``, on the reference's rows or on the
    batch's own; the part of the answers a surrogate does not describe (1 - ``fidelity``) is spread evenly. ``uniform``:
    none is known, so every feature counts alike.
    """

    source: Literal["explanation", "uniform"]
    batch: str | None = None
    method: str | None = None
    rows: Literal["reference", "batch"] | None = None
    fidelity: float | None = None


class Overall(Contract):
    """The drift index, 0 to 100, with the line it is held against and how sure it is.

    ``reach``: the index if the features past their act line had moved entirely, 0 to 100. ``harmless``: something
    drifted, and the model hardly uses it. ``rows_needed``: so many rows more, and there is a verdict.
    """

    score: float | None
    threshold: float
    watch: float
    status: Status
    reason: str | None = None
    harmless: bool = False
    method: str
    weights: Weights | None = None
    reach: float | None = None
    rows_needed: NonNegativeInt | None = None
    p_value: float | None = None
    interval: tuple[float, float] | None = None
    n_features: NonNegativeInt
    n_drifted: NonNegativeInt
    share_drifted: float | None
    sentence: str


class Beside(Contract):
    """The same batch compared with something else: ``features`` are name, status and score of the worst 20."""

    reference: str
    rows: NonNegativeInt
    status: Status
    score: float | None
    threshold: float
    n_drifted: NonNegativeInt
    features: tuple[tuple[str, Status, float | None], ...] = ()
    sentence: str


class DriftReport(Document):
    """Drift of one batch. Container ``reports``, pk as the batch's, id = ``d~<batch id>``; drift creates it.

    ``compared`` says which earlier batches stand in for the reference (a ``Comparison``), if the model asks for it and
    there are enough of them; ``beside`` is then what the stored reference says, else why it had to do. ``issues`` are
    those of rows as a whole.
    """

    type: Literal["drift_report"] = "drift_report"
    model: ModelName
    batch: str
    reference: str
    compared: str | None = None
    beside: Beside | None = None
    version: str | None = None
    rows: NonNegativeInt
    reference_rows: NonNegativeInt
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    overall: Overall
    multivariate: tuple[JointDrift, ...] = ()
    prediction: FeatureDrift | None = None
    target: FeatureDrift | None = None
    features: tuple[FeatureDrift, ...]
    issues: tuple[Issue, ...] = ()
    created_at: AwareDatetime


class DriftPoint(Document):
    """The report in a line: what trends and heatmaps read. Same partition, id = ``p~<batch id>``, written with it.

    ``features``, ``statuses`` and ``scores`` run in parallel, the prediction first when there is one.
    """

    type: Literal["drift_point"] = "drift_point"
    model: ModelName
    batch: str
    start: AwareDatetime | None = None
    end: AwareDatetime
    rows: NonNegativeInt
    status: Status
    score: float | None
    threshold: float
    harmless: bool = False
    n_features: NonNegativeInt
    n_drifted: NonNegativeInt
    features: tuple[str, ...]
    statuses: tuple[Status, ...]
    scores: tuple[float | None, ...]


class FeatureBins(Contract):
    """Counts of one column by the reference's bins, of reference and batch in parallel: what a picture needs.

    Numeric: ``edges`` are the m finite interior edges, the m + 1 bins are (-inf, e1], ..., (em, +inf);
    ``low`` and ``high`` are the smallest and largest finite value of both, to draw the open ends. Otherwise
    ``labels`` name the bins (at most 50, the rest under ``other``). Missing values are counted apart.
    """

    feature: str
    kind: Kind
    edges: tuple[float, ...] = ()
    low: float | None = None
    high: float | None = None
    labels: tuple[str, ...] = ()
    reference: tuple[NonNegativeInt, ...]
    current: tuple[NonNegativeInt, ...]
    missing: tuple[NonNegativeInt, NonNegativeInt] = (0, 0)


class ReportBins(Document):
    """Distributions behind a report, prediction first. Same partition, id = ``b~<batch>``, written with it."""

    type: Literal["report_bins"] = "report_bins"
    model: ModelName
    batch: str
    reference: str
    features: tuple[FeatureBins, ...]


class ChangePoint(Contract):
    """Since when: the first batch after the change, its time, and the interval the change lies in."""

    batch: str
    time: AwareDatetime
    interval: tuple[AwareDatetime, AwareDatetime] | None = None
    p_value: float | None = None
    before: float | None = None
    after: float | None = None


class Trend(Contract):
    """Of the drift index: Theil-Sen ``slope`` per day (None below 8 batches), Mann-Kendall p, change points."""

    slope: float | None = None
    slope_p_value: float | None = None
    change_points: tuple[ChangePoint, ...] = ()


class DriftEvidence(Contract):
    """DriftEvidence against "nothing changed" carried over all batches: valid however often it is looked at.

    ``value``: decimal logarithm of the martingale; above ``threshold`` a false alarm of any feature of the model, ever
    within 120 batches, has a chance of one in a hundred at most. ``score``: Jensen-Shannon distance of all batches
    since ``since``, the likeliest begin; ``alarm`` needs it to be a quarter of the watch line.
    """

    value: float
    threshold: float
    since: AwareDatetime
    score: float
    alarm: bool


class FeatureTrend(Contract):
    """One feature over the newest batches: ``since`` when it has been drifting, where its score goes and went."""

    feature: str
    status: Status
    since: AwareDatetime | None = None
    trend: Trend = Trend()
    evidence: DriftEvidence | None = None


class FeatureTrends(Document):
    """Features over time, the most urgent first. Container ``views``, pk ``trends``, id = model; drift derives it."""

    type: Literal["feature_trends"] = "feature_trends"
    model: ModelName
    batch: str
    features: tuple[FeatureTrend, ...]
    assessed_at: AwareDatetime


class FleetPerformance(Contract):
    """How well a model does at a glance: its key metric in the newest batch it is known of; ``normal`` as usual."""

    metric: str
    kind: Literal["realised", "estimated"]
    value: float | None
    normal: float | None = None
    status: Status
    end: AwareDatetime


class FleetEntry(Document):
    """A model at a glance. Container ``views``, pk ``fleet``, id = model; drift's ``assess`` derives it anew.

    ``status`` rises with the newest batch, and falls when two batches in a row are better; ``batch_status`` is that of
    the newest batch alone. ``harmless`` says why a drift does no harm: the model hardly uses what moved, or what it
    answers is as good as ever. ``other_features``: worst status and largest score of those that are not in
    ``top_features``, if there are any.
    """

    type: Literal["fleet_entry"] = "fleet_entry"
    model: ModelName
    status: Status
    aspects: dict[str, Status]
    sentence: str
    score: float | None = None
    threshold: float | None = None
    harmless: Literal["little_used", "performance_steady"] | None = None
    batch_status: Status = "unknown"
    since: AwareDatetime | None = None
    batch: str | None = None
    batch_start: AwareDatetime | None = None
    batch_end: AwareDatetime | None = None
    rows: NonNegativeInt = 0
    batches: NonNegativeInt = 0
    n_features: NonNegativeInt = 0
    n_drifted: NonNegativeInt = 0
    spark: tuple[float | None, ...] = ()
    top_features: tuple[tuple[str, Status, float | None], ...] = ()
    other_features: tuple[Status, float | None] | None = None
    trend: Trend = Trend()
    performance: FleetPerformance | None = None
    assessed_at: AwareDatetime
