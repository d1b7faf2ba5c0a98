"""Every verb of the command line."""

from bellwether.cli.verbs.dead_letters import DEAD_LETTERS
from bellwether.cli.verbs.demo import DEMO
from bellwether.cli.verbs.demo_clean import DEMO_CLEAN
from bellwether.cli.verbs.evidence import EVIDENCE
from bellwether.cli.verbs.keys import KEYS
from bellwether.cli.verbs.log import LABELS, LOG
from bellwether.cli.verbs.models import MODEL, MODELS
from bellwether.cli.verbs.questions import EXPLAIN, INCIDENTS, KPIS
from bellwether.cli.verbs.report import REPORT
from bellwether.cli.verbs.status import STATUS
from bellwether.cli.verbs.store import STORE
from bellwether.cli.verbs.up import UP

VERBS = (
    *(DEMO, UP, STATUS),
    *(MODELS, MODEL, LOG, LABELS, REPORT, EXPLAIN, KPIS, INCIDENTS, EVIDENCE),
    *(DEAD_LETTERS, KEYS, STORE, DEMO_CLEAN),
)

__all__ = ["VERBS"]
