"""What moves each class of a model of several: the same rows and background, one output after another."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from bellwether.contracts import ClassImportance, Importance
from bellwether.explain.asked import ModelFailed
from bellwether.explain.explainers.box import Box
from bellwether.explain.grounds import SEED, evenly
from bellwether.explain.routes import Checked
from bellwether.explain.standpoints import Standpoint, Standpoints
from bellwether.explain.summary import importances
from bellwether.explain.trees.ensemble import Unsupported

MOST_CLASSES = 10
MOST_FEATURES = 20


@dataclass(frozen=True, slots=True)
class Classes:
    """Explains the other classes of a model that is explained for one."""

    standpoints: Standpoints

    def of(self, at: Standpoint, rows: pa.Table, checked: Checked, population: int) -> tuple[ClassImportance, ...]:
        """Return the commonest classes among the answers for these rows; nothing where there is one output.

        ``checked`` is what was found for the class of ``at``. A black box shares its budget among the others.
        """
        outputs = at.model.about.outputs
        if len(outputs) < 2 or rows.num_rows == 0:
            return ()
        likeliest = np.bincount(np.argmax(at.model.answers(rows), axis=1), minlength=len(outputs))
        likeliest[at.output] = rows.num_rows + 1  # the one that is explained anyway
        common = np.argsort(-likeliest, kind="stable")[:MOST_CLASSES]
        others = len(common) - 1
        return tuple(
            _told(at, checked, population) if output == at.output else self._other(at, output, rows, others, population)
            for output in sorted(common.tolist())
        )

    def _other(self, at: Standpoint, output: int, rows: pa.Table, others: int, population: int) -> ClassImportance:
        name = at.model.about.outputs[output]
        try:
            other = self.standpoints.beside(at, output)
            ready = other.route.ready
            if isinstance(ready, Box):
                share = ready.part(1 / others)
                rows = rows.take(evenly(rows.num_rows, min(rows.num_rows, share.affordable()), SEED))
            return _told(other, other.explain(rows), population)
        except (ModelFailed, Unsupported) as error:
            return ClassImportance(output_class=name, method="none", reason=str(error)[:1000])


def _told(at: Standpoint, checked: Checked, population: int) -> ClassImportance:
    found = checked.contributions
    features, other = importances(
        found.values, at.model.about.players, population=population, std_error=found.std_error
    )
    listed: tuple[Importance, ...] = features[:MOST_FEATURES]
    return ClassImportance(
        output_class=at.model.about.outputs[at.output],
        method=at.route.explainer.slug,
        base_value=at.route.ready.base_value,
        rows=len(found.values),
        features=listed,
        other=other + sum(one.share for one in features[MOST_FEATURES:]),
        additivity=checked.additivity,
    )
