"""A watched model: who it is, what its columns mean, what it is compared with."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, NonNegativeInt, PositiveInt, StringConstraints

from bellwether.contracts.base import Contract, Document, Kind, Reason, Role, Task
from bellwether.contracts.comparisons import Comparison

ModelName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Tier = Literal[1, 2, 3]
"""How much hangs on a model: 1 the most."""
MethodName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
ColumnName = Annotated[str, StringConstraints(min_length=1, max_length=200)]


Words = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_FILLED = r"\{(label|value|unit|contribution|odds)\}"
Template = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=rf"^([^{{}}]|{_FILLED})+$")]
"""A sentence with places to be filled in."""


class Roles(Contract):
    """What the columns mean. Without ``features``, every column with no other role is one."""

    features: tuple[ColumnName, ...] | None = None
    prediction: ColumnName = "prediction"
    score: ColumnName | None = None
    label: ColumnName | None = None
    id: ColumnName | None = None
    time: ColumnName | None = None
    segments: tuple[ColumnName, ...] = ()


class Lines(Contract):
    """Where a method's value calls for a look (``watch``) and for action (``act``)."""

    watch: Annotated[float, Field(ge=0)]
    act: Annotated[float, Field(ge=0)]


INDEX_LINES = Lines(watch=10.0, act=20.0)
"""The usual lines of the drift index, of 100."""


class Thresholds(Contract):
    """What the owner changed: lines of the drift index, and of one feature's headline method.

    ``headline``: the method that decides, by kind of column, in place of the usual one.
    """

    index: Lines | None = None
    features: dict[ColumnName, Lines] = {}
    headline: dict[Kind, str] = {}


class Value(Contract):
    """What a wrong decision costs, in ``currency`` (ISO 4217): a false alarm and a missed case, or per unit."""

    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    false_positive: Annotated[float, Field(ge=0)] | None = None
    false_negative: Annotated[float, Field(ge=0)] | None = None
    per_unit: Annotated[float, Field(ge=0)] | None = None


class FeatureWords(Contract):
    """How a feature is spoken of to those who do not know its name.

    ``raises`` and ``lowers`` are sentences for a contribution upwards and downwards, in which ``{label}``, ``{value}``,
    ``{unit}``, ``{contribution}`` and ``{odds}`` are filled in. ``sensitive`` features are marked where they are a
    reason; only ``actionable`` ones are offered for change.
    """

    label: Words | None = None
    unit: Words | None = None
    description: Words | None = None
    raises: Template | None = None
    lowers: Template | None = None
    code: Words | None = None
    actionable: bool = True
    sensitive: bool = False


class ModelIn(Contract):
    """Body of ``POST /models``. ``preview`` gives what is not said here, the reference and the version."""

    name: ModelName
    task: Task | None = None
    roles: Roles = Roles()
    mlflow: str | None = None
    value: Value | None = None
    words: dict[ColumnName, FeatureWords] = {}
    methods: tuple[MethodName, ...] = ()
    owner: Annotated[str, StringConstraints(max_length=200)] | None = None
    preview: Annotated[str, StringConstraints(max_length=200)] | None = None
    tier: Tier | None = None
    expected_interval_s: PositiveInt | None = None


class ModelPatch(Contract):
    """Body of ``PATCH /models/{model}``: only what is named changes."""

    roles: Roles | None = None
    thresholds: Thresholds | None = None
    kinds: dict[ColumnName, Kind] | None = None
    methods: tuple[MethodName, ...] | None = None
    mlflow: str | None = None
    value: Value | None = None
    words: dict[ColumnName, FeatureWords] | None = None
    owner: Annotated[str, StringConstraints(max_length=200)] | None = None
    tier: Tier | None = None
    expected_interval_s: PositiveInt | None = None
    compare: Comparison | None = None
    sequential: bool | None = None


class Model(Document):
    """What a person says about a model. Container ``models``, pk = name, id ``model``; the gateway writes it.

    ``compare``: earlier batches that stand in for the reference, which is then shown beside. ``sequential``: carry
    evidence over batches, so that drift too slow for any one of them is found.
    ``methods``: drift methods every batch is measured by beside the usual ones; see the catalogue.
    """

    type: Literal["model"] = "model"
    id: str = "model"
    name: ModelName
    state: Literal["active", "deleting"] = "active"
    task: Task
    roles: Roles = Roles()
    thresholds: Thresholds = Thresholds()
    kinds: dict[ColumnName, Kind] = {}
    methods: tuple[MethodName, ...] = ()
    mlflow: str | None = None
    value: Value | None = None
    words: dict[ColumnName, FeatureWords] = {}
    owner: str | None = None
    tier: Tier | None = None
    expected_interval_s: PositiveInt | None = None
    compare: Comparison | None = None
    sequential: bool = False
    created_at: AwareDatetime
    updated_at: AwareDatetime


class ModelVersion(Document):
    """One version of a model. Container ``models``, pk = model, id ``version~<version>``; the gateway writes it."""

    type: Literal["model_version"] = "model_version"
    model: ModelName
    version: str
    mlflow: str | None = None
    run: str | None = None
    alias: str | None = None
    created_at: AwareDatetime


Repeats = tuple[tuple[PositiveInt, PositiveInt], ...]
"""How rows repeat, ids, times and labels aside: (times, rows) pairs, so many different rows occur so many times."""


class Column(Contract):
    """One column as the reference has it; the stored role and kind decide, never a later window's data."""

    name: ColumnName
    role: Role
    kind: Kind
    dtype: str


class Reference(Document):
    """What batches are compared with. Container ``models``, pk = model.

    The gateway creates it, the collector completes it. id ``reference~<digest>`` for each one pushed; the newest
    ``ready`` one is also kept under ``reference``.
    ``rows_uri`` and ``profile_uri`` are keys in object storage; ``raw_uri`` is the body as it was pushed. ``reasons``
    of a ``ready`` one say which columns were left out, and why. Under ``reference``, ``submitted_at`` is when it was
    pushed last.
    """

    type: Literal["reference"] = "reference"
    model: ModelName
    reference: str
    state: Literal["received", "ready", "rejected"]
    reasons: tuple[Reason, ...] = ()
    media_type: str
    encoding: str | None = None
    raw_uri: str
    digest: str
    rows: NonNegativeInt = 0
    start: AwareDatetime | None = None
    end: AwareDatetime | None = None
    columns: tuple[Column, ...] = ()
    repeats: Repeats = ()
    rows_uri: str | None = None
    profile_uri: str | None = None
    profile_digest: str | None = None
    submitted_at: AwareDatetime
    completed_at: AwareDatetime | None = None
