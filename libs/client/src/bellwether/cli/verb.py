"""What a verb is, and how a verb reaches the part of the product it needs."""

import importlib
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from bellwether.errors import NotFound


@dataclass(frozen=True, slots=True)
class Verb:
    """One word of the command line."""

    name: str
    help: str
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]
    """Returns the exit status; a ``BellwetherError`` becomes a message and status 1."""


def no_arguments(_parser: ArgumentParser) -> None:
    """Take none."""


def part(name: str) -> ModuleType:
    """Load a module of another part; raises ``NotFound`` where that part is not installed.

    By name, because the command line is installed without the services on a client's machine.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not name.startswith(error.name):
            raise
        package = "-".join(name.split(".")[:2])
        raise NotFound(f"this needs {name}; install the package {package}") from error
