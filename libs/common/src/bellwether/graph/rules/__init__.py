"""What may have gone wrong on the way to a batch: a rule is a module and a line here.

Each is a function of the walk up from the first bad report; it yields candidates, and does not weigh them.
"""

from collections.abc import Callable

from bellwether.graph.case import Case
from bellwether.graph.reading import Reader
from bellwether.graph.rules.base import Candidate, Found, Rule
from bellwether.graph.rules.code_change import code_change
from bellwether.graph.rules.distribution import upstream_distribution
from bellwether.graph.rules.failed import failed_upstream
from bellwether.graph.rules.promotion import promotion
from bellwether.graph.rules.row_count import row_count
from bellwether.graph.rules.schema_change import schema_change
from bellwether.graph.rules.stale import late_producer, missing_run, stale_input
from bellwether.graph.walk import Walked

__all__ = ["RULES", "Candidate", "Rule"]

RULES: tuple[Callable[[Reader, Walked, Case], Found], ...] = (
    *(failed_upstream, stale_input, late_producer, missing_run, row_count, schema_change),
    *(upstream_distribution, promotion, code_change),
)
