"""Command line: one module per verb in ``verbs``; nothing heavy is loaded before a verb runs."""

from bellwether.cli.main import main

__all__ = ["main"]
