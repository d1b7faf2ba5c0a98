"""A subject asked in this process: what the model's own process serves, and what tests ask directly."""

from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bellwether.explain.asked import About
from bellwether.explain.flavours.base import Line
from bellwether.explain.flavours.subject import Subject
from bellwether.explain.trees.ensemble import Ensemble, Floats, Unsupported

_SHAP_READS = ("sklearn.ensemble", "sklearn.tree", "imblearn", "ngboost", "econml")


class Local:
    """``Asked`` over a subject.

    Parameters
    ----------
    sample
        Some rows, on which the origin of encoded columns is verified.
    libraries
        Packages whose versions belong to the result.
    """

    def __init__(self, subject: Subject, sample: pa.Table, libraries: tuple[str, ...] = ()) -> None:
        self._subject = subject
        self._last: tuple[pa.Table, Any] | None = None
        groups, mixed = None, None
        try:
            groups = tuple(subject.groups(subject.frame(sample)))
        except Unsupported as error:
            mixed = str(error)
        estimator = subject.estimator
        self.about = About(
            kind=estimator.kind,
            players=subject.names,
            outputs=estimator.outputs,
            space=estimator.space,
            tolerance=estimator.tolerance,
            groups=groups,
            mixed=mixed,
            versions=tuple((name, found) for name in libraries if (found := _version(name))),
        )

    def _frame(self, rows: pa.Table) -> Any:
        """Return the rows as a data frame; the same one for the same table."""
        if self._last is None or self._last[0] is not rows:
            self._last = rows, self._subject.frame(rows)
        return self._last[1]

    def raw(self, rows: pa.Table) -> Floats:
        """Return the model's own answers."""
        return self._subject.raw(self._frame(rows))

    def answers(self, rows: pa.Table) -> Floats:
        """Return what the model's user sees."""
        return self._subject.answers(self._frame(rows))

    def encoded(self, rows: pa.Table) -> Floats:
        """Return the columns as trees or lines see them."""
        return self._subject.encoded(self._frame(rows))

    def ensemble(self, output: int) -> Ensemble:
        """Return the trees of one output."""
        return self._subject.ensemble(output)

    def line(self, output: int) -> Line:
        """Return the line of one output."""
        return self._subject.line(output)

    def native(self, rows: pa.Table, output: int) -> Floats:
        """Return the library's own contributions."""
        return self._subject.native(self._frame(rows), output)

    def borrowed(self, rows: pa.Table, output: int) -> Floats:
        """Return those of ``shap.TreeExplainer``, for trees of the families it reads and we do not."""
        model = getattr(self._subject.estimator, "model", None)
        if model is None or not type(model).__module__.startswith(_SHAP_READS) or self._subject.pre is not None:
            raise Unsupported("no model that shap reads")
        import shap  # noqa: PLC0415 - 300 MB, and only in the model's process

        x = self._subject.encoded(self._subject.frame(rows))
        try:
            explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
            values = np.asarray(explainer.shap_values(x, check_additivity=False), np.float64)
        except Exception as error:  # it raises what it likes
            raise Unsupported(f"shap does not read it: {str(error)[:200]}") from error
        which = output + 1 if values.ndim == 3 and values.shape[2] == 2 and len(self.about.outputs) == 1 else output
        bases = np.ravel(explainer.expected_value)
        base = float(bases[which if len(bases) > 1 else 0])
        values = values[..., which] if values.ndim == 3 else values
        return np.column_stack([values, np.full(len(values), base)])

    def worths(self, rows: pa.Table, background: pa.Table, coalitions: NDArray[np.bool_], output: int) -> Floats:
        """Return mean outputs with each coalition's columns from each row."""
        frame = self._subject.frame
        return self._subject.worths(frame(rows), frame(background), coalitions, output)


def _version(name: str) -> str | None:
    for candidate in (name, f"{name}-cpu"):
        try:
            return version(candidate)
        except PackageNotFoundError:
            continue
    return None
