"""The whole topology on one machine: process specifications, supervisor, Redis server, demo.

Importing the package itself loads nothing: the launcher and the command line start from here.
"""

__all__: list[str] = []
