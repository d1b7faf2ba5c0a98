"""Every rule."""

from scripts.lint.rules.environment import ENVIRONMENT
from scripts.lint.rules.fakes import FAKES
from scripts.lint.rules.globals import GLOBALS
from scripts.lint.rules.length import LENGTH

RULES = (ENVIRONMENT, FAKES, GLOBALS, LENGTH)

__all__ = ["ENVIRONMENT", "FAKES", "GLOBALS", "LENGTH", "RULES"]
