"""Every verb of the command line."""

from bellwether.cli.verbs.dead_letters import DEAD_LETTERS
from bellwether.cli.verbs.demo import DEMO
from bellwether.cli.verbs.demo_clean import DEMO_CLEAN
from bellwether.cli.verbs.keys import KEYS
from bellwether.cli.verbs.status import STATUS
from bellwether.cli.verbs.store import STORE
from bellwether.cli.verbs.up import UP

VERBS = (DEMO, UP, STATUS, DEAD_LETTERS, KEYS, STORE, DEMO_CLEAN)

__all__ = ["DEAD_LETTERS", "DEMO", "DEMO_CLEAN", "KEYS", "STATUS", "STORE", "UP", "VERBS"]
